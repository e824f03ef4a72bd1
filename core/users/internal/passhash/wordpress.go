package passhash

import (
	"strings"
)

const wordPressPrefix = "$wordpress"

// IsWordPress reports whether a hash is marked as one from a WordPress database.
func IsWordPress(hash string) bool { return strings.HasPrefix(hash, wordPressPrefix) }

// WordPress marks a hash from a WordPress database; it returns "" if its form is
// unknown.
func WordPress(stored string) string {
	marked := wordPressPrefix + stored
	if stored == "" || !(wordPress{Forms()}).Match(marked) {
		return ""
	}
	return marked
}

// wordPress verifies hashes marked by [WordPress].
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

// trim is PHP's trim: WordPress trims passwords before hashing and at login.
func trim(password string) string { return strings.Trim(password, " \t\n\r\x00\x0b") }

// FitsNothing reports whether a stored hash locks the user out.
func FitsNothing(hash string) bool {
	return hash == "" || hash[0] == '*' || hash[0] == '!'
}
