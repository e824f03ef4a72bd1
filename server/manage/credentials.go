package manage

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/session"
)

// secrets finds credentials in a text, complete or truncated. The first group of a match
// may be shown: the public ID of a refresh token or API key, nothing of a token.
type secrets struct{ refresh, key, token *regexp.Regexp }

func newSecrets() secrets {
	return secrets{
		refresh: regexp.MustCompile(`(` + session.RefreshPrefix + `[0-9A-Za-z]+_)[0-9A-Za-z_]+`),
		key:     regexp.MustCompile(`(` + credential.KeyPrefix + `[0-9A-Za-z]+_)[0-9A-Za-z_]+`),
		token:   regexp.MustCompile(`()ey[\w-]{8,}\.[\w-]{4,}\.[\w-]*`),
	}
}

// hide returns text with the secret part of each credential redacted.
func (s secrets) hide(text string) string {
	for _, form := range []*regexp.Regexp{s.refresh, s.key, s.token} {
		text = form.ReplaceAllString(text, "${1}"+api.Redacted)
	}
	return text
}

// kind says which kind of credential text contains; "" if none.
func (s secrets) kind(text string) string {
	switch {
	case s.refresh.MatchString(text):
		return "a refresh token"
	case s.key.MatchString(text):
		return "an API key"
	case s.token.MatchString(text):
		return "a token"
	}
	return ""
}

// named returns the kind of a credential and the public ID that it contains, "" if it
// contains none.
func (s secrets) named(text string) (kind, id string) {
	for kind, f := range map[string]struct {
		form   *regexp.Regexp
		prefix string
	}{"refresh token": {s.refresh, session.RefreshPrefix}, "API key": {s.key, credential.KeyPrefix}} {
		if m := f.form.FindStringSubmatch(text); m != nil {
			return kind, strings.Trim(strings.TrimPrefix(m[1], f.prefix), "_")
		}
	}
	return "", ""
}

// check rejects a credential in place of an ID or a name. The error does not repeat it.
func (s secrets) check(what, text string) error {
	kind := s.kind(text)
	if kind == "" {
		return nil
	}
	return api.E(api.Invalid, ReasonCredential, fmt.Sprintf("%s is %s itself", what, kind))
}

// ReasonCredential says that a credential was given in place of an ID or a name.
const ReasonCredential = "credential_given"

// checkNames rejects a request whose path or query contains a credential.
func (h *handler) checkNames(r *http.Request) error {
	q := r.URL.Query()
	for _, n := range []struct{ what, text string }{
		{"the id", r.PathValue("id")}, {"the login", r.PathValue("login")}, {"the key id", r.PathValue("kid")},
		{"the login", q.Get("user")}, {"the key id", q.Get("kid")}, {"the prefix", q.Get("prefix")},
	} {
		if err := h.secrets.check(n.what, n.text); err != nil {
			return err
		}
	}
	return nil
}

// shown returns a value for a log line, with credentials redacted.
func (s secrets) shown(v any) any {
	switch v := v.(type) {
	case string:
		return s.hide(v)
	case error:
		return s.hide(v.Error())
	}
	return v
}
