package passhash

import (
	"strings"
)

const wordPressPrefix = "$wordpress"

// IsWordPress reports whether a hash is marked as one that a WordPress stored.
func IsWordPress(hash string) bool { return strings.HasPrefix(hash, wordPressPrefix) }

// WordPress returns the marked form of a hash out of a WordPress database, "" for a text
// of no known form.
func WordPress(stored string) string {
	marked := wordPressPrefix + stored
	if stored == "" || !(wordPress{Forms()}).Match(marked) {
		return ""
	}
	return marked
}

// wordPress verifies what [WordPress] has marked.
type wordPress struct{ forms []Form }

func (w wordPress) Match(hash string) bool {
	return IsWordPress(hash) && w.form(hash) != nil
}

func (w wordPress) Cost(hash string) (Cost, error) {
	return w.form(hash).Cost(strings.TrimPrefix(hash, wordPressPrefix))
}

func (w wordPress) Verify(hash, password string) error {
	password = trim(password)
	err := w.form(hash).Verify(strings.TrimPrefix(hash, wordPressPrefix), password)
	if err == nil && password == "" {
		return ErrMismatch
	}
	return err
}

func (w wordPress) form(hash string) Form {
	return Find(w.forms, strings.TrimPrefix(hash, wordPressPrefix))
}

// trim is PHP's: WordPress trims passwords before they are hashed, and when
// somebody logs in.
func trim(password string) string { return strings.Trim(password, " \t\n\r\x00\x0b") }

// FitsNothing reports whether a stored hash is one that locks the user out.
func FitsNothing(hash string) bool {
	return hash == "" || hash[0] == '*' || hash[0] == '!'
}
