package users

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
)

// Bounds on fields, in characters unless noted.
const (
	maxLogin    = 60  // as in WordPress
	maxEmail    = 254 // RFC 5321 section 4.5.3.1.3
	maxName     = 250
	maxRoles    = 64
	maxSubject  = 128
	minPassword = 8 // bytes; NIST SP 800-63B section 3.1.1.2
)

// checkFields returns an [*api.Error] that names the first bad field of u.
func checkFields(u api.User) error {
	for _, f := range []struct {
		name, value string
		low, high   int
	}{
		{"subject", u.Subject, 1, maxSubject},
		{"login", u.Login, 1, maxLogin},
		{"email", u.Email, 0, maxEmail},
		{"nicename", u.Nicename, 0, maxName},
		{"display name", u.Display, 0, maxName},
		{"first name", u.FirstName, 0, maxName},
		{"last name", u.LastName, 0, maxName},
	} {
		if err := checkText(f.name, f.value, f.low, f.high); err != nil {
			return err
		}
	}
	if strings.Contains(u.Login, ":") {
		return invalid("login must not hold a colon: Basic could never carry it (RFC 7617 section 2)")
	}
	if err := checkEmail(u.Email); err != nil {
		return err
	}
	if u.Number < 0 {
		return invalid("number must be 1 or more, or 0 for the next free one")
	}
	return checkRoles(u.Roles)
}

func checkText(name, value string, low, high int) error {
	n := utf8.RuneCountInString(value)
	if !utf8.ValidString(value) {
		return invalid(name + " is not valid UTF-8")
	}
	if n < low || n > high {
		return invalid(fmt.Sprintf("%s must have %d to %d characters, and has %d", name, low, high, n))
	}
	if value != strings.TrimSpace(value) {
		return invalid(name + " must not begin or end with a space")
	}
	if strings.ContainsFunc(value, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return invalid(name + " must hold printable characters only")
	}
	return nil
}

// checkEmail checks for the shape name@domain, which distinguishes an address from a
// login; it does not validate the address further.
func checkEmail(email string) error {
	if email == "" {
		return nil
	}
	local, domain, _ := strings.Cut(email, "@")
	if local == "" || domain == "" || strings.Contains(domain, "@") || strings.Contains(email, " ") {
		return invalid("email must be of the form name@domain with one @")
	}
	return nil
}

func checkRoles(roles []string) error {
	if len(roles) > maxRoles {
		return invalid(fmt.Sprintf("a user has at most %d roles", maxRoles))
	}
	for _, r := range roles {
		if err := checkText("role", r, 1, maxName); err != nil {
			return err
		}
		if strings.Contains(r, ",") { // roles are sent in one header, joined by commas
			return invalid("role must not hold a comma")
		}
	}
	return nil
}

func checkPassword(password api.Secret) error {
	if n := len(password); n < minPassword || n > MaxPassword {
		return invalid(fmt.Sprintf("password must have %d to %d bytes, and has %d", minPassword, MaxPassword, n))
	}
	return nil
}

func invalid(public string) error { return api.E(api.Invalid, "", public) }
