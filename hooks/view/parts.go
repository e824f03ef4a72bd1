package view

import (
	"encoding/json"
	"maps"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/hooks"
)

// The constructors of parts. Each takes a function that returns the variable in the hook's
// value.

// Text returns a read-only string field; an empty string counts as missing.
func Text[T any](key string, of func(*T) string) Field[T] {
	return Field[T]{Key: key, Get: func(v *T) (hooks.Value, bool) {
		s := of(v)
		return hooks.String(s), s != ""
	}}
}

// TextVar returns a writable string field.
func TextVar[T any](key string, of func(*T) *string) Field[T] {
	f := Text(key, func(v *T) string { return *of(v) })
	f.Set = func(v *T, value hooks.Value) error { *of(v) = value.Text(); return nil }
	return f
}

// Number returns a read-only integer field.
func Number[T any](key string, of func(*T) int64) Field[T] {
	return Field[T]{Key: key, Type: hooks.IntField, Get: func(v *T) (hooks.Value, bool) { return hooks.Int(of(v)), true }}
}

// NumberVar returns a writable integer field.
func NumberVar[T any](key string, of func(*T) int64, set func(*T, int64)) Field[T] {
	f := Number(key, of)
	f.Set = func(v *T, value hooks.Value) error {
		n, ok := value.Int()
		if !ok {
			return hooks.ErrBadValue
		}
		set(v, n)
		return nil
	}
	return f
}

// BoolVar returns a writable boolean field.
func BoolVar[T any](key string, of func(*T) *bool) Field[T] {
	return Field[T]{
		Key: key, Type: hooks.BoolField,
		Get: func(v *T) (hooks.Value, bool) { return hooks.Bool(*of(v)), true },
		Set: func(v *T, value hooks.Value) error {
			b, ok := value.Bool()
			if !ok {
				return hooks.ErrBadValue
			}
			*of(v) = b
			return nil
		},
	}
}

// ListVar returns a writable field for a list of strings, encoded as JSON.
func ListVar[T any](key string, of func(*T) *[]string) Field[T] {
	return Field[T]{
		Key: key, Type: hooks.JSONField,
		Get: func(v *T) (hooks.Value, bool) { return jsonValue(slices.Concat([]string{}, *of(v))), true },
		Set: func(v *T, value hooks.Value) error {
			var list []string
			if err := json.Unmarshal([]byte(value.Text()), &list); err != nil {
				return hooks.ErrBadValue
			}
			*of(v) = list
			return nil
		},
	}
}

// ReadOnly returns the field without its Set.
func ReadOnly[T any](f Field[T]) Field[T] {
	f.Set = nil
	return f
}

// Wants returns a field that a handler without the right can only narrow: lower a number,
// turn true into false, or remove list members.
func Wants[T any](right string, f Field[T]) Field[T] {
	f.Wants = right
	return f
}

// widenRoles is the right to add roles and scopes that decisions depend on.
const widenRoles = "roles.widen"

// User returns the fields of an identity. Roles and scopes are writable if writable is set.
func User[T any](of func(*T) *api.Identity, writable bool) Parts[T] {
	roles := ListVar("user.roles", func(v *T) *[]string { return &of(v).Roles })
	scopes := ListVar("user.scopes", func(v *T) *[]string { return &of(v).Scopes })
	if writable {
		roles, scopes = Wants(widenRoles, roles), Wants(widenRoles, scopes)
	} else {
		roles, scopes = ReadOnly(roles), ReadOnly(scopes)
	}
	return Parts[T]{
		Text("user.sub", func(v *T) string { return of(v).Subject }),
		Number("user.id", func(v *T) int64 { return of(v).Number }),
		Text("user.login", func(v *T) string { return of(v).Login }),
		Text("user.email", func(v *T) string { return of(v).Email }),
		Text("user.nicename", func(v *T) string { return of(v).Nicename }),
		Text("user.display", func(v *T) string { return of(v).Display }),
		Text("user.first_name", func(v *T) string { return of(v).FirstName }),
		Text("user.last_name", func(v *T) string { return of(v).LastName }),
		roles, scopes,
	}
}

// Request returns the fields of an attempt, which may be nil, without its credential.
func Request[T any](of func(*T) *api.Attempt) Parts[T] {
	str := func(key string, get func(*api.Attempt) string) Field[T] {
		return Text(key, func(v *T) string {
			if a := of(v); a != nil {
				return get(a)
			}
			return ""
		})
	}
	return Parts[T]{
		str("req.method", func(a *api.Attempt) string { return a.Method }),
		str("req.path", func(a *api.Attempt) string { return a.Path }),
		str("req.host", func(a *api.Attempt) string { return a.Host }),
		str("req.query", func(a *api.Attempt) string { return a.Query }),
		str("req.scheme", func(a *api.Attempt) string { return a.Scheme }),
		str("req.peer", func(a *api.Attempt) string { return api.Peer{Addr: a.Peer}.IP() }),
		Family[T]{
			Prefix: "req.header.",
			Get:    func(v *T, name string) (hooks.Value, bool) { return requestHeader(of(v), name) },
			Names:  func(v *T) []string { return requestHeaders(of(v)) },
		},
	}
}

// hiddenHeader reports whether a header is hidden from plugins: it may carry a credential,
// or it claims to be one of our own identity headers.
func hiddenHeader(a *api.Attempt, canonical string) bool {
	return route.CarriesCredential(a, canonical) || route.IsProtected(canonical)
}

func requestHeader(a *api.Attempt, name string) (hooks.Value, bool) {
	if a == nil {
		return hooks.Value{}, false
	}
	canonical := textproto.CanonicalMIMEHeaderKey(name)
	values := inEverySpelling(a.Header, canonical)
	if len(values) == 0 || hiddenHeader(a, canonical) {
		return hooks.Value{}, false
	}
	return hooks.String(strings.Join(values, ", ")), true
}

// inEverySpelling returns the values of a header, including those in other spellings that
// some applications treat as the same: a hook must not miss them.
func inEverySpelling(h api.Header, canonical string) []string {
	var others []string
	for name := range h {
		if name != canonical && route.IsAlias(name, canonical) {
			others = append(others, name)
		}
	}
	values := slices.Clip(h[canonical])
	slices.Sort(others)
	for _, name := range others {
		values = append(values, h[name]...)
	}
	return values
}

func requestHeaders(a *api.Attempt) []string {
	if a == nil {
		return nil
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(a.Header)) {
		if !hiddenHeader(a, name) {
			names = append(names, strings.ToLower(name))
		}
	}
	return names
}

// Peer returns the fields of the client of a login.
func Peer[T any](of func(*T) *api.Peer) Parts[T] {
	return Parts[T]{
		Text("peer", func(v *T) string { return of(v).IP() }),
		Text("user_agent", func(v *T) string { return of(v).UserAgent }),
	}
}

// Claims returns a read-only family of claims below a prefix.
func Claims[T any](prefix string, of func(*T) *api.Claims) Family[T] {
	return Family[T]{
		Prefix: prefix, Type: hooks.AnyField,
		Get: func(v *T, name string) (hooks.Value, bool) {
			value, ok := of(v).Get(name)
			return claimValue(value), ok
		},
		Names: func(v *T) []string {
			var names []string
			for name := range of(v).All {
				names = append(names, name)
			}
			return names
		},
	}
}

// ClaimsVar returns a writable family of claims below a prefix.
func ClaimsVar[T any](prefix string, of func(*T) *api.Claims) Family[T] {
	f := Claims(prefix, of)
	f.Set = func(v *T, name string, value hooks.Value) error {
		claim, err := toClaim(value)
		if err == nil {
			*of(v) = of(v).With(name, claim)
		}
		return err
	}
	f.Del = func(v *T, name string) error { *of(v) = of(v).Without(name); return nil }
	return f
}

func claimValue(v any) hooks.Value {
	switch x := v.(type) {
	case string:
		return hooks.String(x)
	case int64:
		return hooks.Int(x)
	}
	return jsonValue(v)
}

func toClaim(v hooks.Value) (any, error) {
	if v.IsString() {
		return v.Text(), nil
	}
	if n, ok := v.Int(); ok {
		return n, nil
	}
	value, err := token.ParseValue(v.Text())
	if err != nil {
		return nil, hooks.ErrBadValue
	}
	return value, nil
}

// HeadersVar returns a writable family of headers below "header.", with one value per name.
// The header map is copied on each change.
func HeadersVar[T any](of func(*T) *api.Header) Family[T] {
	change := func(v *T) api.Header {
		h := maps.Clone(*of(v))
		if h == nil {
			h = api.Header{}
		}
		*of(v) = h
		return h
	}
	return Family[T]{
		Prefix: "header.", Named: true,
		Get: func(v *T, name string) (hooks.Value, bool) {
			values := (*of(v))[textproto.CanonicalMIMEHeaderKey(name)]
			return hooks.String(strings.Join(values, ", ")), len(values) > 0
		},
		Set: func(v *T, name string, value hooks.Value) error {
			change(v)[textproto.CanonicalMIMEHeaderKey(name)] = []string{value.Text()}
			return nil
		},
		Del: func(v *T, name string) error {
			delete(change(v), textproto.CanonicalMIMEHeaderKey(name))
			return nil
		},
		Names: func(v *T) []string { return slices.Sorted(maps.Keys(*of(v))) },
	}
}

// Texts returns a read-only family for a map of strings below a prefix.
func Texts[T any](prefix string, of func(*T) map[string]string) Family[T] {
	return Family[T]{
		Prefix: prefix,
		Get: func(v *T, name string) (hooks.Value, bool) {
			s, ok := of(v)[name]
			return hooks.String(s), ok
		},
		Names: func(v *T) []string { return slices.Sorted(maps.Keys(of(v))) },
	}
}

func jsonValue(v any) hooks.Value {
	b, err := json.Marshal(v)
	if err != nil {
		return hooks.JSON("null")
	}
	return hooks.JSON(string(b))
}

// Seconds returns the whole seconds of d.
func Seconds(d time.Duration) int64 { return int64(d / time.Second) }

// Duration returns n seconds, limited to a century in either direction: a plugin may set
// any number, and the point's own limits are applied later.
func Duration(n int64) time.Duration {
	const century = 100 * 366 * 24 * 3600
	return time.Duration(max(-century, min(century, n))) * time.Second
}
