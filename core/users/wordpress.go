package users

import (
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

const wordPressPrefix = "$wordpress"

// WordPress marks a hash as one out of a WordPress database. Such a hash is
// checked as WordPress's login does it: the password is trimmed first, whatever
// the form of the hash, and a text of no known form fits nothing.
func WordPress(stored api.Secret) api.Secret {
	marked := wordPressPrefix + stored
	if stored == "" || !(wordPress{forms()}).match(marked.Reveal()) {
		return ""
	}
	return marked
}

// wordPress verifies what [WordPress] has marked.
type wordPress struct{ forms []scheme }

func (w wordPress) match(hash string) bool {
	return strings.HasPrefix(hash, wordPressPrefix) && w.form(hash) != nil
}

func (w wordPress) cost(hash string) (cost, error) {
	return w.form(hash).cost(strings.TrimPrefix(hash, wordPressPrefix))
}

func (w wordPress) verify(hash, password string) error {
	password = trim(password)
	err := w.form(hash).verify(strings.TrimPrefix(hash, wordPressPrefix), password)
	if err == nil && password == "" {
		return ErrMismatch
	}
	return err
}

func (w wordPress) form(hash string) scheme {
	return formOf(w.forms, strings.TrimPrefix(hash, wordPressPrefix))
}

// trim is PHP's: WordPress trims passwords before they are hashed, and when
// somebody logs in.
func trim(password string) string { return strings.Trim(password, " \t\n\r\x00\x0b") }

// fitsNothing reports whether a stored hash is one that locks the user out.
func fitsNothing(hash string) bool {
	return hash == "" || hash[0] == '*' || hash[0] == '!'
}
