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

// Judges validate the results of hooks. There is one for each hook point; it runs after
// each handler, so that an invalid value is a failure of the handler that set it. Lifetimes
// and nbf have none: they are limited afterwards.
//
// Some values always belong to the engine: the stamped claims, its own identity headers,
// the tokens in a reply, the class of a refusal's status and the headers that the server
// writes there, the lists of cors-headers, and which sessions may end. A Go function
// returns the value as a whole, so changes to these are ignored. A handler of the keyed
// view that sets one of them did so on purpose, and fails.

// Limits of texts that hooks set, in bytes.
const (
	MaxName        = 256 // name of a claim, role or scope
	maxHookCode    = 128
	maxHookMessage = 4 << 10
)

// Limits of values that rate-limit sets.
const (
	maxRate   = 1 << 30
	minWindow = time.Second
	maxWindow = 366 * 24 * time.Hour
)

// isLine reports whether s is a single line of text.
func isLine(s string, most int) bool {
	return len(s) <= most && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// checkLine returns an error unless s is a single line of text.
func checkLine(key, s string, least, most int) error {
	if len(s) < least || !isLine(s, most) {
		return hooks.NotAcceptable(key, "must be %d to %d bytes of UTF-8 without control characters", least, most)
	}
	return nil
}

// Challenge accepts challenges that every dialect can show.
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

// judgeRights accepts roles that can be sent to an upstream and scopes that fit in a token
// (RFC 6749 section 3.3). Existing ones are not checked.
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

// Login is the judge of login-after.
func Login(_ context.Context, before, after *point.LoginResult, _ bool) error {
	return judgeRights(&before.Identity, &after.Identity)
}

// Resolved is the judge of identity-resolved.
func Resolved(_ context.Context, before, after *point.Resolved, _ bool) error {
	return judgeRights(&before.Identity, &after.Identity)
}

// RateLimit is the judge of rate-limit.
func RateLimit(_ context.Context, _, after *point.RateLimit, _ bool) error {
	if after.Limit < 0 || after.Limit > maxRate {
		return hooks.NotAcceptable("limit", "must be 0 (no limit) to %d", maxRate)
	}
	if after.Window < minWindow || after.Window > maxWindow {
		return hooks.NotAcceptable("window", "must be %d to %d seconds", view.Seconds(minWindow), view.Seconds(maxWindow))
	}
	return nil
}

// SessionLimit is the judge of session-limit. It accepts only sessions from the list that
// the hook was shown.
func SessionLimit(_ context.Context, before, after *point.SessionLimit, keyed bool) error {
	for _, sid := range after.End {
		if keyed && !slices.Contains(before.Live, sid) {
			return hooks.NotAcceptable("end", "must be sessions out of live")
		}
	}
	return nil
}

// CORS is the judge of cors-headers.
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

// IsTokenList reports whether s is empty or a list of tokens (RFC 9110 section 5.6.1).
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

// ChangedMembers calls check for each member of after that is new or differs from the one
// in before, until a call fails.
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

// checkMember accepts values that can be encoded as JSON.
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
