package core

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
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
	maxHookHeader  = 8 << 10 // a header's value: common servers refuse longer ones
	maxHookName    = 256     // a name of a claim, role or scope
	maxHookCode    = 128
	maxHookMessage = 4 << 10
)

// Bounds of what rate-limit sets.
const (
	maxRate   = 1 << 30
	minWindow = time.Second
	maxWindow = 366 * 24 * time.Hour
)

// notAcceptable makes the error of a judge. The rule begins with "must".
func notAcceptable(key, rule string, args ...any) error {
	return &hooks.ValueError{Key: key, Rule: fmt.Sprintf(rule, args...)}
}

// isLine reports whether s is one line of text.
func isLine(s string, most int) bool {
	return len(s) <= most && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// checkLine wants one line of text.
func checkLine(key, s string, least, most int) error {
	if len(s) < least || !isLine(s, most) {
		return notAcceptable(key, "must be %d to %d bytes of UTF-8 without control characters", least, most)
	}
	return nil
}

func judgeChallenge(_ context.Context, _, after *LoginAttempt, _ bool) error {
	c := after.Challenge
	if c == nil {
		return nil
	}
	if c.Kind == "" || len(c.Kind) > maxHookCode || strings.ContainsFunc(c.Kind, isNoWord) {
		return notAcceptable("challenge", "must be a word of letters, digits, '_', '-' and '.', of at most %d bytes", maxHookCode)
	}
	if err := checkLine("challenge_text", c.Public, 0, maxHookMessage); err != nil {
		return err
	}
	for name, text := range c.Fields {
		if !isLine(name, maxHookName) || !isLine(text, maxHookMessage) {
			return notAcceptable("challenge field "+name, "must be one line of UTF-8")
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
	if within(after.Roles, before.Roles) && within(after.Scopes, before.Scopes) {
		return nil
	}
	for _, role := range after.Roles {
		if !isRole(role) && !slices.Contains(before.Roles, role) {
			return notAcceptable("user.roles", "must be names of 1 to %d bytes without commas, control characters and blanks at their ends", maxHookName)
		}
	}
	for _, scope := range after.Scopes {
		if !isScope(scope) && !slices.Contains(before.Scopes, scope) {
			return notAcceptable("user.scopes", "must be words of 1 to %d printable ASCII characters without quotes and backslashes", maxHookName)
		}
	}
	if len(strings.Join(after.Roles, ",")) > maxHookHeader || len(joinScopes(after.Scopes)) > maxHookHeader {
		return notAcceptable("user.roles and user.scopes", "must be at most %d bytes each", maxHookHeader)
	}
	return nil
}

func isRole(role string) bool {
	return role != "" && len(role) <= maxHookName && fitsHeader(role) && !strings.Contains(role, ",")
}

func isScope(scope string) bool {
	return scope != "" && len(scope) <= maxHookName &&
		!strings.ContainsFunc(scope, func(c rune) bool { return c <= ' ' || c > '~' || c == '"' || c == '\\' })
}

func judgeLogin(_ context.Context, before, after *LoginResult, _ bool) error {
	return judgeRights(&before.Identity, &after.Identity)
}

func judgeResolved(_ context.Context, before, after *Resolved, _ bool) error {
	return judgeRights(&before.Identity, &after.Identity)
}

func judgeRateLimit(_ context.Context, _, after *RateLimit, _ bool) error {
	if after.Limit < 0 || after.Limit > maxRate {
		return notAcceptable("limit", "must be 0 (no limit) to %d", maxRate)
	}
	if after.Window < minWindow || after.Window > maxWindow {
		return notAcceptable("window", "must be %d to %d seconds", seconds(minWindow), seconds(maxWindow))
	}
	return nil
}

// judgeEnd wants sessions out of the list that the hook was shown.
func judgeEnd(_ context.Context, before, after *SessionLimit, keyed bool) error {
	for _, sid := range after.End {
		if keyed && !slices.Contains(before.Live, sid) {
			return notAcceptable("end", "must be sessions out of live")
		}
	}
	return nil
}

func judgeCORS(_ context.Context, before, after *CORSHeaders, keyed bool) error {
	if after.Allow != "" && after.Allow != "*" && after.Allow != before.Origin {
		return notAcceptable("allow", `must be "*", the request's own origin or empty`)
	}
	if keyed && after.Headers != before.Headers && !isTokenList(after.Headers) {
		return notAcceptable("headers", "must be names with commas between them, at most %d bytes", maxHookHeader)
	}
	if keyed && after.Methods != before.Methods && !isTokenList(after.Methods) {
		return notAcceptable("methods", "must be methods with commas between them, at most %d bytes", maxHookHeader)
	}
	return nil
}

// isTokenList reports whether s is a list of RFC 9110 section 5.6.1, or empty.
func isTokenList(s string) bool {
	if s == "" {
		return true
	}
	for part := range strings.SplitSeq(s, ",") {
		if !isToken(strings.Trim(part, " ")) {
			return false
		}
	}
	return len(s) <= maxHookHeader
}

func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		return isNoWord(c) && !strings.ContainsRune("!#$%&'*+^`|~", c)
	})
}

// changedMembers calls check for each member of after that before has not, or has
// with another value, until one fails.
func changedMembers(before, after api.Claims, check func(name string, value any) error) error {
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
	if name == "" || len(name) > maxHookName || !utf8.ValidString(name) {
		return notAcceptable(key, "must have a name of 1 to %d bytes of UTF-8", maxHookName)
	}
	if _, err := json.Marshal(value); err != nil || !api.IsUTF8(value) {
		return notAcceptable(key, "must be a value that JSON can hold, in UTF-8")
	}
	return nil
}
