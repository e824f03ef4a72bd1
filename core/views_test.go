package core_test

import (
	"context"
	"errors"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
)

const hidden = "TOP-SECRET"

// fill sets everything below v, so that no field of a view is absent. It puts hidden
// wherever a credential may be.
func fill(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	case *netip.Addr:
		*x = netip.MustParseAddr("192.0.2.1")
	case *api.Claims:
		*x = api.NewClaims(api.Claim{Name: "c", Value: "text"}, api.Claim{Name: "list", Value: []any{"a"}})
	case *api.Credential:
		*x = api.Credential{Kind: api.Basic, Text: hidden, User: hidden, Password: hidden, Header: "X-Token"}
	case *api.Header:
		*x = api.Header{"X-Plain": {"a", "b"}}
		for _, name := range []string{"Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "X-Token", "X-Auth-User", "X_auth_user"} {
			(*x)[name] = []string{hidden}
		}
	default:
		fillKind(v)
	}
}

func fillKind(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("text")
	case reflect.Int, reflect.Int64, reflect.Uint8, reflect.Uint64:
		v.Set(reflect.ValueOf(7).Convert(v.Type()))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 4))
		fill(v.Index(0))
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"k": "text"}))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Interface: // the body of a request, which no view shows
	case reflect.Func: // a function that renders the refusal; no view shows it
	default:
		panic("fill: " + v.Type().String())
	}
}

// sample returns a filled value of the point's type, and a function that runs the point's
// handlers with it.
func sample(p hooks.Point) (value reflect.Value, run func() error) {
	call := reflect.ValueOf(p).MethodByName("Do")
	if p.IsFilter() {
		call = reflect.ValueOf(p).MethodByName("Apply")
	}
	value = reflect.New(call.Type().In(1)).Elem()
	fill(value)
	return value, func() error {
		out := call.Call([]reflect.Value{reflect.ValueOf(context.Background()), value})
		err, _ := out[len(out)-1].Interface().(error)
		return err
	}
}

// forEachPoint calls check for every point with the view of a filled value.
func forEachPoint(t *testing.T, check func(t *testing.T, p hooks.Point, v hooks.View)) {
	for _, p := range core.NewHooks().Points() {
		t.Run(p.Name(), func(t *testing.T) {
			looked := false
			err := p.BindView("test", func(_ context.Context, v hooks.View) error {
				looked = true
				check(t, p, v)
				return nil
			})
			value, run := sample(p)
			if err = errors.Join(err, run()); err != nil || !looked {
				t.Fatalf("looked: %v, error %v", looked, err)
			}
			fresh, _ := sample(p)
			if !reflect.DeepEqual(value.Interface(), fresh.Interface()) {
				t.Errorf("the handler's caller sees another value now:\n%+v, was\n%+v", value, fresh)
			}
		})
	}
}

// fieldOf returns the field that a key belongs to.
func fieldOf(p hooks.Point, key string) (hooks.Field, bool) {
	for _, f := range p.Fields() {
		if f.Key == key || strings.HasSuffix(f.Key, ".") && strings.HasPrefix(key, f.Key) {
			return f, true
		}
	}
	return hooks.Field{}, false
}

func TestViews_showTheirFields(t *testing.T) {
	forEachPoint(t, func(t *testing.T, p hooks.Point, v hooks.View) {
		shown := map[string]bool{}
		for _, key := range v.Keys("") {
			f, ok := fieldOf(p, key)
			if _, there := v.Get(key); !ok || !there {
				t.Errorf("Keys lists %q; a field: %v, Get finds it: %v", key, ok, there)
			}
			shown[f.Key] = true
		}
		for _, f := range p.Fields() {
			if !shown[f.Key] {
				t.Errorf("field %q is filled, and Keys lists no key of it", f.Key)
			}
		}
		if keys := v.Keys("user."); slices.ContainsFunc(keys, func(k string) bool { return !strings.HasPrefix(k, "user.") }) {
			t.Errorf("Keys(user.) lists %v", keys)
		}
	})
}

func TestViews_hideCredentials(t *testing.T) {
	forEachPoint(t, func(t *testing.T, p hooks.Point, v hooks.View) {
		keys := v.Keys("")
		for _, name := range []string{"authorization", "Authorization", "proxy-authorization", "cookie", "x-api-key", "X-API-Key", "x-token", "x-auth-user", "x_auth_user"} {
			keys = append(keys, "req.header."+name)
		}
		for _, key := range keys {
			if !strings.HasPrefix(key, "req.") {
				continue
			}
			if x, _ := v.Get(key); strings.Contains(x.Text(), hidden) {
				t.Errorf("%s shows %q", key, x.Text())
			}
		}
	})
}

// values are tried in turn until a field accepts one.
func values() []hooks.Value {
	return []hooks.Value{hooks.Int(5), hooks.Bool(false), hooks.JSON(`["x","y"]`), hooks.JSON("{"), hooks.JSON(`{"b":1,"a":{"c":[true,null]}}`), hooks.String("other")}
}

func TestViews_write(t *testing.T) {
	forEachPoint(t, func(t *testing.T, p hooks.Point, v hooks.View) {
		for _, f := range p.Fields() {
			key := f.Key
			if strings.HasSuffix(key, ".") {
				key += "x-plain"
			}
			if !f.Writable {
				if err := v.Set(key, hooks.String("x")); !errors.Is(err, hooks.ErrReadOnly) {
					t.Errorf("Set(%s) gives %v, want ErrReadOnly", key, err)
				}
				if err := v.Delete(key); !errors.Is(err, hooks.ErrReadOnly) {
					t.Errorf("Delete(%s) gives %v, want ErrReadOnly", key, err)
				}
				continue
			}
			taken := 0
			for _, x := range values() {
				err := v.Set(key, x)
				got, there := v.Get(key)
				switch {
				case err == nil && (!there || got.Text() != x.Text()):
					t.Errorf("Set(%s, %s) and Get gives %q, %v", key, x.Text(), got.Text(), there)
				case err == nil:
					taken++
				case !errors.Is(err, hooks.ErrBadValue):
					t.Errorf("Set(%s, %s) gives %v, want ErrBadValue", key, x.Text(), err)
				}
			}
			if taken == 0 {
				t.Errorf("%s takes no value at all", key)
			}
			if strings.HasSuffix(f.Key, ".") {
				if err := v.Delete(key); err != nil {
					t.Errorf("Delete(%s): %v", key, err)
				}
				if _, there := v.Get(key); there {
					t.Errorf("%s is there after Delete", key)
				}
			}
		}
	})
}

// TestViews_save: after keys are set and deleted, restoring a view gives exactly the
// original value, including what no key shows.
func TestViews_save(t *testing.T) {
	for _, p := range core.NewHooks().Points() {
		if !p.IsFilter() {
			continue
		}
		changed := 0
		err := p.BindView("test", func(_ context.Context, v hooks.View) error {
			restore := hooks.Save(v)
			for _, f := range p.Fields() {
				for _, key := range append(v.Keys(f.Key), strings.TrimSuffix(f.Key, ".")+".x-plain", f.Key) {
					for _, x := range values() {
						if v.Set(key, x) == nil {
							changed++
						}
					}
					_ = v.Delete(key) // not all can be
				}
			}
			restore()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		value, _ := sample(p)
		out := reflect.ValueOf(p).MethodByName("Apply").Call([]reflect.Value{reflect.ValueOf(context.Background()), value})
		fresh, _ := sample(p)
		if !reflect.DeepEqual(out[0].Interface(), fresh.Interface()) {
			t.Errorf("%s: after %d changes and restoring\n%+v, want\n%+v", p.Name(), changed, out[0], fresh)
		}
		if writable := slices.ContainsFunc(p.Fields(), func(f hooks.Field) bool { return f.Writable }); writable && changed == 0 {
			t.Errorf("%s: nothing was changed", p.Name())
		}
	}
}

func TestViews_unknownFields(t *testing.T) {
	forEachPoint(t, func(t *testing.T, p hooks.Point, v hooks.View) {
		for _, key := range []string{"", "nope", "user.", "user.nope", "user.sub.x", "claimx", "USER.SUB"} {
			if _, ok := fieldOf(p, key); ok {
				continue
			}
			if _, there := v.Get(key); there {
				t.Errorf("Get(%q) finds a value, want none", key)
			}
			if err := v.Set(key, hooks.String("x")); !errors.Is(err, hooks.ErrUnknownField) {
				t.Errorf("Set(%q) gives %v, want ErrUnknownField", key, err)
			}
			if err := v.Delete(key); !errors.Is(err, hooks.ErrUnknownField) {
				t.Errorf("Delete(%q) gives %v, want ErrUnknownField", key, err)
			}
		}
	})
}

// A value without a request, an identity or claims must be readable as well.
func TestViews_emptyValues(t *testing.T) {
	for _, p := range core.NewHooks().Points() {
		err := p.BindView("test", func(_ context.Context, v hooks.View) error {
			for _, f := range p.Fields() {
				v.Get(f.Key)
				v.Get(f.Key + "x")
			}
			v.Keys("")
			for _, f := range p.Fields() {
				if f.Writable && strings.HasSuffix(f.Key, ".") {
					if err := errors.Join(v.Set(f.Key+"x", hooks.String("y")), v.Delete(f.Key+"z")); err != nil {
						t.Errorf("%s: %s: %v", p.Name(), f.Key, err)
					}
				}
			}
			return nil
		})
		value, run := sample(p)
		value.SetZero()
		if err = errors.Join(err, run()); err != nil {
			t.Errorf("%s: %v", p.Name(), err)
		}
	}
}

// A custom credential header is hidden before the credential is read, and also if it could
// not be read.
func TestViews_hideTheCustomHeader(t *testing.T) {
	header := api.Header{"X-Token": {hidden}}
	var mu sync.Mutex // each action runs in its own goroutine
	var seen []string
	h := withHooks(t, func(hs *core.Hooks) {
		for _, p := range hs.Points() {
			err := p.BindView("look", func(_ context.Context, v hooks.View) error {
				if x, there := v.Get("req.header.x-token"); there {
					mu.Lock()
					defer mu.Unlock()
					seen = append(seen, p.Name()+": "+x.Text())
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	h.decide("/token/x", header)
	h.decide("/strict/x", api.Header{"X-Token": {hidden, hidden}})
	h.drained()
	if len(seen) > 0 {
		t.Errorf("the custom header was shown at %v", seen)
	}
	h.decide("/api/x", header)
	h.drained()
	if !slices.Contains(seen, "route-exclusion: "+hidden) {
		t.Error("where X-Token is a header like any other it was not shown")
	}
}

// TestViews_spellings: a hook that reads a header also sees it in other spellings, which
// some applications treat as the same, and never a credential.
func TestViews_spellings(t *testing.T) {
	header := api.Header{"X_Debug": {"1"}, "X.debug": {"3"}, "X-Debug": {"2"}, "X_Token": {hidden}, "X-Token": {hidden}, "Authorization": {hidden}, "X_api_key": {hidden}}
	want := map[string]string{"x-debug": "2, 3, 1", "x-token": "", "x_token": "", "authorization": "", "x-api-key": "", "x_api-key": "", "x-other": ""}
	h := withHooks(t, func(hs *core.Hooks) {
		err := hs.RouteExclusion.BindView("look", func(_ context.Context, v hooks.View) error {
			for name, text := range want {
				if x, _ := v.Get("req.header." + name); x.Text() != text {
					t.Errorf("%s: %q, want %q", name, x.Text(), text)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	h.decide("/token/x", header)
}

// The same holds for a header chosen by custom-header, from then on.
func TestViews_hideTheChosenHeader(t *testing.T) {
	asked := 0
	h := withHooks(t, func(hs *core.Hooks) {
		hs.CustomHeader.Bind("x", func(_ context.Context, v core.CredentialHeader) (core.CredentialHeader, error) {
			v.Name = "X-Site"
			return v, nil
		})
		err := hs.RequestDenied.BindView("look", func(_ context.Context, v hooks.View) error {
			asked++
			if x, there := v.Get("req.header.x-site"); there {
				t.Errorf("request-denied shows %q", x.Text())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	h.decide("/api/x", api.Header{"X-Site": {hidden, hidden}})
	h.decide("/api/x", api.Header{"X-Site": {hidden}})
	h.drained()
	if asked != 2 {
		t.Errorf("%d requests were refused, want 2", asked)
	}
}

// A lifetime set by a plugin cannot overflow into the past.
func TestViews_lifetimeOverflow(t *testing.T) {
	for _, key := range []string{"lifetime", "exp"} {
		for _, n := range []int64{1<<63 - 1, 1 << 40, -1 << 63} {
			h := withHooks(t, func(hs *core.Hooks) {
				err := hs.AuthExpire.BindView("x", func(_ context.Context, v hooks.View) error { return v.Set(key, hooks.Int(n)) })
				if err != nil {
					t.Fatal(err)
				}
			})
			want := time.Second
			if n > 0 {
				want = 30 * 24 * time.Hour
			}
			issued := h.issue(h.bob.Identity("store"))
			if got := issued.ExpiresAt.Sub(issued.IssuedAt); got != want {
				t.Errorf("%s = %d: lives %s, want %s", key, n, got, want)
			}
		}
	}
}
