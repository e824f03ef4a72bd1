package dialect

import (
	"errors"
	"html"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// LoginError converts the engine's refusal of a login to that of wp_authenticate: a
// code such as incorrect_password, and a message with HTML. With uniform login errors,
// unknown names and wrong passwords give the same answer. A hook's refusal keeps its
// code and message; the code of a challenge is its kind. Call [Site.Technical] first,
// for technical errors.
func (s *Site) LoginError(login string, err error) wordpress.Refusal {
	f := s.loginWords(given(login), err)
	f.Status, f.Reason = http.StatusForbidden, api.ReasonOf(err)
	return f
}

func (s *Site) loginWords(login string, err error) wordpress.Refusal {
	if c, ok := errors.AsType[*core.ChallengeError](err); ok {
		return wordpress.Refusal{Code: c.Challenge.Kind, Message: html.EscapeString(c.Challenge.Public), Data: members(c.Challenge.Fields)}
	}
	e := api.AsError(err)
	switch e.Reason {
	case api.ReasonEmptyUser:
		return credential("empty_username", "The username field is empty.")
	case api.ReasonEmptyPassword:
		return credential("empty_password", "The password field is empty.")
	}
	if s.Common.LoginErrors == Uniform && e.Code == api.Unauthenticated {
		return credential("incorrect_password", "Invalid username, email address or incorrect password.")
	}
	switch e.Reason {
	case api.ReasonUnknownUser, api.ReasonUnknownEmail:
		return unknown(login)
	case api.ReasonWrongPassword:
		return s.wrongPassword(login)
	case api.ReasonDisabled:
		return credential("authentication_failed", "Invalid username, email address or incorrect password.")
	}
	return wordpress.Refusal{Code: e.Reason, Message: html.EscapeString(e.Public)}
}

func credential(code, sentence string) wordpress.Refusal {
	return wordpress.Refusal{Code: code, Message: "<strong>Error:</strong> " + sentence}
}

// members returns a map as claims sorted by name, so that answers are deterministic.
func members(m map[string]string) api.Claims {
	var list []api.Claim
	for _, name := range slices.Sorted(maps.Keys(m)) {
		list = append(list, api.Claim{Name: name, Value: m[name]})
	}
	return api.NewClaims(list...)
}

func unknown(login string) wordpress.Refusal {
	if isEmail(login) {
		return wordpress.Refusal{Code: "invalid_email", Message: "Unknown email address. Check again or try your username."}
	}
	return credential("invalid_username", "The username <strong>"+shown(login)+"</strong> is not registered on this site."+
		" If you are unsure of your username, try your email address instead.")
}

func (s *Site) wrongPassword(login string) wordpress.Refusal {
	what := "username"
	if isEmail(login) {
		what = "email address"
	}
	return credential("incorrect_password", "The password you entered for the "+what+" <strong>"+shown(login)+"</strong> is incorrect."+
		` <a href="`+html.EscapeString(s.URL("/wp-login.php?action=lostpassword"))+`">Lost your password?</a>`)
}

// shown escapes the login for HTML.
func shown(login string) string { return html.EscapeString(strings.ToValidUTF8(login, "")) }

// isEmail reports whether WordPress treats the text as an e-mail address, which selects
// its message: at least six characters, an ASCII local part, and a domain with a dot.
func isEmail(text string) bool {
	local, domain, _ := strings.Cut(text, "@")
	labels := strings.Split(domain, ".")
	if len(text) < 6 || local == "" || len(labels) < 2 || strings.ContainsFunc(local, notLocal) {
		return false
	}
	for _, label := range labels {
		if label == "" || strings.Trim(label, "-") != label || strings.ContainsFunc(label, notLabel) {
			return false
		}
	}
	return true
}

func notLocal(r rune) bool { return notLabel(r) && !strings.ContainsRune("!#$%&'*+/=?^_`{|}~.", r) }

func notLabel(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-')
}
