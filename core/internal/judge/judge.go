package judge

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/narrow"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/hooks/view"
)

// What the engine accepts of what hooks leave: one judge for each point, asked after
// each handler, so that a value that is not accepted is the failure of the handler
// that has set it. Lifetimes and nbf have none: they are kept within their bounds.
//
// Some things are the engine's whatever a Go function leaves in their place, since it
// hands over the value as a whole: the stamped claims, the engine's own identity
// headers, the tokens of a reply, the class of a refusal's status and the headers that
// the server writes there, the lists of cors-headers, and which sessions can end. A
// handler of the keyed view that sets one of them has meant it, and fails.

// Bounds of texts that hooks set, in bytes.
const (
	MaxName        = 256 // a name of a claim, role or scope
	maxHookCode    = 128
	maxHookMessage = 4 << 10
)

// Bounds of what rate-limit sets.
const (
	maxRate   = 1 << 30
	minWindow = time.Second
	maxWindow = 366 * 24 * time.Hour
)

// isLine reports whether s is one line of text.
func isLine(s string, most int) bool {
	return len(s) <= most && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// checkLine wants one line of text.
func checkLine(key, s string, least, most int) error {
	if len(s) < least || !isLine(s, most) {
		return hooks.NotAcceptable(key, "must be %d to %d bytes of UTF-8 without control characters", least, most)
	}
	return nil
}

// Challenge wants a challenge that every dialect can show.
func Challenge(_ context.Context, _, after *point.LoginAttempt, _ bool) error {
	c := after.Challenge
	if c == nil {
		return nil
	}
	if c.Kind == "" || len(c.Kind) > maxHookCode || strings.ContainsFunc(c.Kind, isNoWord) {
		return hooks.NotAcceptable("challenge", "must be a word of letters, digits, '_', '-' and '.', of at most %d bytes", maxHookCode)
	}
	if err := checkLine("challenge_text", c.Public, 0, maxHookMessage); err != nil {
		return err
	}
	for name, text := range c.Fields {
		if !isLine(name, MaxName) || !isLine(text, maxHookMessage) {
			return hooks.NotAcceptable("challenge field "+name, "must be one line of UTF-8")
		}
	}
	return nil
}

func isNoWord(c rune) bool {
	return c > unicode.MaxASCII || !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_' && c != '-' && c != '.'
}

// judgeRights wants roles that can be told to an upstream, and scopes that a token
// can hold (RFC 6749 section 3.3). What was there before is not judged.
func judgeRights(before, after *api.Identity) error {
	if narrow.Within(after.Roles, before.Roles) && narrow.Within(after.Scopes, before.Scopes) {
		return nil
	}
	for _, role := range after.Roles {
		if !isRole(role) && !slices.Contains(before.Roles, role) {
			return hooks.NotAcceptable("user.roles", "must be names of 1 to %d bytes without commas, control characters and blanks at their ends", MaxName)
		}
	}
	for _, scope := range after.Scopes {
		if !isScope(scope) && !slices.Contains(before.Scopes, scope) {
			return hooks.NotAcceptable("user.scopes", "must be words of 1 to %d printable ASCII characters without quotes and backslashes", MaxName)
		}
	}
	if len(strings.Join(after.Roles, ",")) > point.MaxHeader || len(strings.Join(after.Scopes, " ")) > point.MaxHeader {
		return hooks.NotAcceptable("user.roles and user.scopes", "must be at most %d bytes each", point.MaxHeader)
	}
	return nil
}

func isRole(role string) bool {
	return role != "" && len(role) <= MaxName && api.FitsHeader(role) && !strings.Contains(role, ",")
}

func isScope(scope string) bool {
	return scope != "" && len(scope) <= MaxName &&
		!strings.ContainsFunc(scope, func(c rune) bool { return c <= ' ' || c > '~' || c == '"' || c == '\\' })
}

// Login judges login-after.
func Login(_ context.Context, before, after *point.LoginResult, _ bool) error {
	return judgeRights(&before.Identity, &after.Identity)
}

// Resolved judges identity-resolved.
func Resolved(_ context.Context, before, after *point.Resolved, _ bool) error {
	return judgeRights(&before.Identity, &after.Identity)
}

// RateLimit wants a limit and a window that can be counted.
func RateLimit(_ context.Context, _, after *point.RateLimit, _ bool) error {
	if after.Limit < 0 || after.Limit > maxRate {
		return hooks.NotAcceptable("limit", "must be 0 (no limit) to %d", maxRate)
	}
	if after.Window < minWindow || after.Window > maxWindow {
		return hooks.NotAcceptable("window", "must be %d to %d seconds", view.Seconds(minWindow), view.Seconds(maxWindow))
	}
	return nil
}

// SessionLimit wants sessions out of the list that the hook was shown.
func SessionLimit(_ context.Context, before, after *point.SessionLimit, keyed bool) error {
	for _, sid := range after.End {
		if keyed && !slices.Contains(before.Live, sid) {
			return hooks.NotAcceptable("end", "must be sessions out of live")
		}
	}
	return nil
}

// CORS wants origins, headers and methods that can be sent.
func CORS(_ context.Context, before, after *point.CORSHeaders, keyed bool) error {
	if after.Allow != "" && after.Allow != "*" && after.Allow != before.Origin {
		return hooks.NotAcceptable("allow", `must be "*", the request's own origin or empty`)
	}
	if keyed && after.Headers != before.Headers && !IsTokenList(after.Headers) {
		return hooks.NotAcceptable("headers", "must be names with commas between them, at most %d bytes", point.MaxHeader)
	}
	if keyed && after.Methods != before.Methods && !IsTokenList(after.Methods) {
		return hooks.NotAcceptable("methods", "must be methods with commas between them, at most %d bytes", point.MaxHeader)
	}
	return nil
}

// IsTokenList reports whether s is a list of RFC 9110 section 5.6.1, or empty.
func IsTokenList(s string) bool {
	if s == "" {
		return true
	}
	for part := range strings.SplitSeq(s, ",") {
		if !isToken(strings.Trim(part, " ")) {
			return false
		}
	}
	return len(s) <= point.MaxHeader
}

func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		return isNoWord(c) && !strings.ContainsRune("!#$%&'*+^`|~", c)
	})
}

// ChangedMembers calls check for each member of after that before has not, or has
// with another value, until one fails.
func ChangedMembers(before, after api.Claims, check func(name string, value any) error) error {
	for name, value := range after.All {
		if old, there := before.Get(name); there && reflect.DeepEqual(old, value) {
			continue
		}
		if err := check(name, value); err != nil {
			return err
		}
	}
	return nil
}

// checkMember wants what JSON can hold.
func checkMember(prefix, name string, value any) error {
	key := prefix + name
	if name == "" || len(name) > MaxName || !utf8.ValidString(name) {
		return hooks.NotAcceptable(key, "must have a name of 1 to %d bytes of UTF-8", MaxName)
	}
	if _, err := json.Marshal(value); err != nil || !api.IsUTF8(value) {
		return hooks.NotAcceptable(key, "must be a value that JSON can hold, in UTF-8")
	}
	return nil
}
