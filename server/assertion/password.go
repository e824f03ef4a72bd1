package assertion

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// PasswordConfig holds application passwords of a WordPress site: one for all users, or
// one for each.
type PasswordConfig struct {
	Site     Site
	Login    string                // with Password: the user that all requests act as
	Password api.Secret            // password of Login
	Each     map[string]api.Secret // by login; excludes Login
}

// ApplicationPassword sends Basic credentials of the site. Safe for concurrent use.
type ApplicationPassword struct {
	site Site
	one  []string
	each map[string][]string // by login, in the form that WordPress compares
}

// NewApplicationPassword returns an ApplicationPassword. The error says what is missing
// or duplicate, and contains no password.
func NewApplicationPassword(c PasswordConfig) (*ApplicationPassword, error) {
	v := &ApplicationPassword{site: c.Site, each: map[string][]string{}}
	if (c.Login == "") != (c.Password == "") || (c.Login == "") == (len(c.Each) == 0) {
		return nil, errors.New("application-password: give either login and password, or passwords_file with a line for each user")
	}
	if c.Login != "" {
		v.one = basic(c.Login, c.Password)
		return v, check(c.Login)
	}
	for login, password := range c.Each {
		key := api.FoldASCII(login)
		if v.each[key] != nil {
			return nil, fmt.Errorf("application-password: %q has two passwords: keep one", login)
		}
		if err := check(login); err != nil {
			return nil, err
		}
		v.each[key] = basic(login, password)
	}
	return v, nil
}

// check rejects names that Basic cannot encode (RFC 7617 section 2).
func check(login string) error {
	if login == "" || strings.ContainsFunc(login, func(r rune) bool { return r == ':' || r < ' ' || r == 0x7f }) {
		return fmt.Errorf("application-password: %q is not a login name: it is empty, or has a colon or control character", login)
	}
	return nil
}

// basic returns the header values. WordPress shows application passwords with spaces,
// which it ignores.
func basic(login string, password api.Secret) []string {
	text := login + ":" + strings.TrimSpace(password.Reveal())
	return []string{"Basic " + base64.StdEncoding.EncodeToString([]byte(text))}
}

// Credentials returns an Authorization header, and nothing for anonymous requests. A user
// without a password is refused. A narrowed identity is refused too, unless all requests
// act as one user.
func (v *ApplicationPassword) Credentials(_ context.Context, _ *api.Attempt, d *core.Decision) (api.Header, error) {
	if d.Anonymous() {
		return nil, nil
	}
	if v.one != nil {
		return api.Header{"Authorization": v.one}, nil
	}
	who, err := v.site.userOf(d)
	if err != nil {
		return nil, err
	}
	if err := unnarrowed(d, "application-password"); err != nil {
		return nil, err
	}
	value := v.each[api.FoldASCII(who.login)]
	if value == nil {
		return nil, notAUser()
	}
	return api.Header{"Authorization": value}, nil
}

// ReadPasswords parses login:password lines; empty lines and lines that begin with # are
// ignored. Errors give the line number and none of its text.
func ReadPasswords(text string) (map[string]api.Secret, error) {
	out := map[string]api.Secret{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		login, password, found := strings.Cut(line, ":")
		if login = strings.TrimSpace(login); !found || login == "" || strings.TrimSpace(password) == "" {
			return nil, fmt.Errorf("line %d: must be login:password", n)
		}
		if _, twice := out[login]; twice {
			return nil, fmt.Errorf("line %d: duplicate login", n)
		}
		out[login] = api.Secret(strings.TrimSpace(password))
	}
	return out, nil
}
