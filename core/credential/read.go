package credential

import (
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
)

// bearer parses a token68 (RFC 6750 section 2.1).
func bearer(text string) (api.Credential, error) {
	if len(text) > MaxToken || !isToken68(text) {
		return api.Credential{}, unread("the Bearer token is malformed")
	}
	if HasAPIKeyForm(text) {
		return api.Credential{Kind: api.APIKeyKind, Text: text}, nil
	}
	return api.Credential{Kind: api.Bearer, Text: text}, nil
}

// isToken68 reports whether s is one or more token68 characters followed by any number of
// '='.
func isToken68(s string) bool {
	s = strings.TrimRight(s, "=")
	if s == "" {
		return false
	}
	var foreign byte
	for ; len(s) >= 4; s = s[4:] { // unrolled: this is half the cost of a cached token
		foreign |= notToken68[s[0]] | notToken68[s[1]] | notToken68[s[2]] | notToken68[s[3]]
	}
	for i := range len(s) {
		foreign |= notToken68[s[i]]
	}
	return foreign == 0
}

// notToken68 is 0 for the bytes of a token68 and 1 for all others. A table, because it is
// read for every byte of every token, cached ones too.
var notToken68 = func() (set [256]byte) {
	for c := range set {
		if !isBase62(byte(c)) && strings.IndexByte("-._~+/", byte(c)) < 0 {
			set[c] = 1
		}
	}
	return set
}()

// apiKey accepts a key of visible ASCII; [ParseAPIKey] decides whether it is one of ours.
func apiKey(text string) (api.Credential, error) {
	if text == "" || len(text) > MaxKey || !isVisible(text) {
		return api.Credential{}, unread("the API key is malformed")
	}
	return api.Credential{Kind: api.APIKeyKind, Text: text}, nil
}

// ofScheme accepts the value of a scheme that a method defines; the method parses it.
func ofScheme(kind api.Kind, text string) (api.Credential, error) {
	if len(text) > MaxToken || strings.HasSuffix(text, " ") || !isVisible(strings.ReplaceAll(text, " ", "")) {
		return api.Credential{}, unread("the credential is not visible ASCII")
	}
	return api.Credential{Kind: kind, Text: text}, nil
}

func isVisible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// basic parses user and password (RFC 7617 section 2) from canonical padded base64. The
// text must be UTF-8 without control characters. The password is everything after the first
// colon, unchanged.
func basic(text string) (api.Credential, error) {
	plain, ok := decodeBasic(text)
	if !ok {
		return api.Credential{}, unread("the Basic credential is not canonical base64")
	}
	if !utf8.ValidString(plain) || strings.ContainsFunc(plain, unicode.IsControl) {
		return api.Credential{}, unread("the Basic credential is not UTF-8 text without control characters")
	}
	user, password, found := strings.Cut(plain, ":")
	switch {
	case !found:
		return api.Credential{}, unread("the Basic credential has no colon")
	case user == "":
		return api.Credential{}, api.E(api.Unauthenticated, api.ReasonEmptyUser, "the user name is empty")
	case strings.TrimSpace(user) != user: // programs that trim would read it as another user
		return api.Credential{}, unread("the user name begins or ends with a blank")
	case password == "":
		return api.Credential{}, api.E(api.Unauthenticated, api.ReasonEmptyPassword, "the password is empty")
	}
	return api.Credential{Kind: api.Basic, Text: text, User: user, Password: api.Secret(password)}, nil
}

// decodeBasic decodes strict base64 and rejects line breaks, which [base64.Encoding.Strict]
// ignores and which would allow many spellings of one credential.
func decodeBasic(text string) (string, bool) {
	if len(text) > MaxBasic || strings.Contains(text, "\r") || strings.Contains(text, "\n") {
		return "", false
	}
	var buffer [128]byte // longer ones allocate
	plain, err := base64.StdEncoding.Strict().AppendDecode(buffer[:0], []byte(text))
	return string(plain), err == nil
}

func isBase62(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
