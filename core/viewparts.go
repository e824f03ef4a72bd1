package core

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

// The parts that the views in views.go are put together from. Each takes a
// function that finds its variable in the hook's value.

func text[T any](key string, of func(*T) string) field[T] {
	return field[T]{key: key, get: func(v *T) (hooks.Value, bool) {
		s := of(v)
		return hooks.String(s), s != ""
	}}
}

func textVar[T any](key string, of func(*T) *string) field[T] {
	f := text(key, func(v *T) string { return *of(v) })
	f.set = func(v *T, value hooks.Value) error { *of(v) = value.Text(); return nil }
	return f
}

func number[T any](key string, of func(*T) int64) field[T] {
	return field[T]{key: key, get: func(v *T) (hooks.Value, bool) { return hooks.Int(of(v)), true }}
}

func numberVar[T any](key string, of func(*T) int64, set func(*T, int64)) field[T] {
	f := number(key, of)
	f.set = func(v *T, value hooks.Value) error {
		n, ok := value.Int()
		if !ok {
			return hooks.ErrBadValue
		}
		set(v, n)
		return nil
	}
	return f
}

func boolVar[T any](key string, of func(*T) *bool) field[T] {
	return field[T]{
		key: key,
		get: func(v *T) (hooks.Value, bool) { return hooks.Bool(*of(v)), true },
		set: func(v *T, value hooks.Value) error {
			b, ok := value.Bool()
			if !ok {
				return hooks.ErrBadValue
			}
			*of(v) = b
			return nil
		},
	}
}

func listVar[T any](key string, of func(*T) *[]string) field[T] {
	return field[T]{
		key: key,
		get: func(v *T) (hooks.Value, bool) { return jsonValue(slices.Concat([]string{}, *of(v))), true },
		set: func(v *T, value hooks.Value) error {
			var list []string
			if err := json.Unmarshal([]byte(value.Text()), &list); err != nil {
				return hooks.ErrBadValue
			}
			*of(v) = list
			return nil
		},
	}
}

func readOnly[T any](f field[T]) field[T] {
	f.set = nil
	return f
}

// user shows who it is; roles and scopes can be changed if writable.
func user[T any](of func(*T) *api.Identity, writable bool) parts[T] {
	roles := listVar("user.roles", func(v *T) *[]string { return &of(v).Roles })
	scopes := listVar("user.scopes", func(v *T) *[]string { return &of(v).Scopes })
	if !writable {
		roles, scopes = readOnly(roles), readOnly(scopes)
	}
	return parts[T]{
		text("user.sub", func(v *T) string { return of(v).Subject }),
		number("user.id", func(v *T) int64 { return of(v).Number }),
		text("user.login", func(v *T) string { return of(v).Login }),
		text("user.email", func(v *T) string { return of(v).Email }),
		text("user.nicename", func(v *T) string { return of(v).Nicename }),
		text("user.display", func(v *T) string { return of(v).Display }),
		text("user.first_name", func(v *T) string { return of(v).FirstName }),
		text("user.last_name", func(v *T) string { return of(v).LastName }),
		roles, scopes,
	}
}

// request shows the attempt, which may be nil, without its credential.
func request[T any](of func(*T) *api.Attempt) parts[T] {
	str := func(key string, get func(*api.Attempt) string) field[T] {
		return text(key, func(v *T) string {
			if a := of(v); a != nil {
				return get(a)
			}
			return ""
		})
	}
	return parts[T]{
		str("req.method", func(a *api.Attempt) string { return a.Method }),
		str("req.path", func(a *api.Attempt) string { return a.Path }),
		str("req.host", func(a *api.Attempt) string { return a.Host }),
		str("req.query", func(a *api.Attempt) string { return a.Query }),
		str("req.scheme", func(a *api.Attempt) string { return a.Scheme }),
		str("req.peer", func(a *api.Attempt) string { return addrText(api.Peer{Addr: a.Peer}) }),
		family[T]{
			prefix: "req.header.",
			get:    func(v *T, name string) (hooks.Value, bool) { return requestHeader(of(v), name) },
			names:  func(v *T) []string { return requestHeaders(of(v)) },
		},
	}
}

// hiddenHeader reports whether no plugin sees a header: it may carry a
// credential, or it claims to be one of our own identity headers.
func hiddenHeader(a *api.Attempt, canonical string) bool {
	return carriesCredential(a, canonical) || route.IsProtected(canonical)
}

// carriesCredential reports whether a header, in any spelling, may carry one.
func carriesCredential(a *api.Attempt, name string) bool {
	for _, carrier := range [...]string{"Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", a.Credential.Header} {
		if route.IsAlias(name, carrier) {
			return true
		}
	}
	return false
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

// inEverySpelling returns what a header says, with what stands in spellings that some
// applications take for it: a hook that looks for one must not miss the others.
func inEverySpelling(h api.Header, canonical string) []string {
	values := h[canonical]
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if name != canonical && route.IsAlias(name, canonical) {
			values = append(slices.Clip(values), h[name]...)
		}
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

// peer shows who is at the other end of a login.
func peer[T any](of func(*T) *api.Peer) parts[T] {
	return parts[T]{
		text("peer", func(v *T) string { return addrText(*of(v)) }),
		text("user_agent", func(v *T) string { return of(v).UserAgent }),
	}
}

func addrText(p api.Peer) string {
	if !p.Addr.IsValid() {
		return ""
	}
	return p.Addr.String()
}

// claims shows a set of claims under a prefix.
func claims[T any](prefix string, of func(*T) *api.Claims) family[T] {
	return family[T]{
		prefix: prefix,
		get: func(v *T, name string) (hooks.Value, bool) {
			value, ok := of(v).Get(name)
			return claimValue(value), ok
		},
		names: func(v *T) []string {
			var names []string
			for name := range of(v).All {
				names = append(names, name)
			}
			return names
		},
	}
}

func claimsVar[T any](prefix string, of func(*T) *api.Claims) family[T] {
	f := claims(prefix, of)
	f.set = func(v *T, name string, value hooks.Value) error {
		claim, err := toClaim(value)
		if err == nil {
			*of(v) = of(v).With(name, claim)
		}
		return err
	}
	f.del = func(v *T, name string) error { *of(v) = of(v).Without(name); return nil }
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

// headersVar shows a header set under "header.", one value a name, copied on
// the first change.
func headersVar[T any](of func(*T) *api.Header) family[T] {
	change := func(v *T) api.Header {
		h := maps.Clone(*of(v))
		if h == nil {
			h = api.Header{}
		}
		*of(v) = h
		return h
	}
	return family[T]{
		prefix: "header.",
		get: func(v *T, name string) (hooks.Value, bool) {
			values := (*of(v))[textproto.CanonicalMIMEHeaderKey(name)]
			return hooks.String(strings.Join(values, ", ")), len(values) > 0
		},
		set: func(v *T, name string, value hooks.Value) error {
			change(v)[textproto.CanonicalMIMEHeaderKey(name)] = []string{value.Text()}
			return nil
		},
		del: func(v *T, name string) error {
			delete(change(v), textproto.CanonicalMIMEHeaderKey(name))
			return nil
		},
		names: func(v *T) []string { return slices.Sorted(maps.Keys(*of(v))) },
	}
}

// texts shows a map of texts under a prefix, read-only.
func texts[T any](prefix string, of func(*T) map[string]string) family[T] {
	return family[T]{
		prefix: prefix,
		get: func(v *T, name string) (hooks.Value, bool) {
			s, ok := of(v)[name]
			return hooks.String(s), ok
		},
		names: func(v *T) []string { return slices.Sorted(maps.Keys(of(v))) },
	}
}

func jsonValue(v any) hooks.Value {
	b, err := json.Marshal(v)
	if err != nil {
		return hooks.JSON("null")
	}
	return hooks.JSON(string(b))
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
