package events

import (
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/hooks"
)

// TestKeepEvent: the size of every text kept for an event is counted.
func TestKeepEvent(t *testing.T) {
	ev := point.Event{Attempt: &api.Attempt{Header: api.Header{"X-A": {"b"}}}}
	_, before := keepEvent(ev)
	configured := map[string]bool{ // names from the configuration, which are shared
		"Event.Identity.Directory": true, "Event.Identity.Method": true, "Event.Identity.Proof.TokenFormat": true, "Event.Dialect": true,
		"Event.Rule": true, "Event.Attempt.Scheme": true, "Event.Attempt.Credential.Header": true, "Event.Attempt.Credential.Kind": true, "Event.Attempt.Directory": true,
	}
	var grow func(path string, v reflect.Value)
	grow = func(path string, v reflect.Value) {
		was := reflect.New(v.Type()).Elem()
		was.Set(v)
		const long = 10_000
		switch {
		case v.Kind() == reflect.Struct && v.Type().PkgPath() != "time" && v.Type().PkgPath() != "net/netip":
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					grow(path+"."+v.Type().Field(i).Name, v.Field(i))
				}
			}
			return
		case v.Kind() == reflect.Pointer && !v.IsNil():
			grow(path, v.Elem())
			return
		case v.Kind() == reflect.String:
			v.SetString(strings.Repeat("x", long))
		case v.Type() == reflect.TypeFor[[]string]():
			v.Set(reflect.ValueOf(make([]string, long)))
		case v.Type() == reflect.TypeFor[api.Header]():
			v.Set(reflect.ValueOf(api.Header{"X-A": make([]string, long)}))
		default:
			return
		}
		kept, size := keepEvent(ev)
		if size < before+long && !configured[path] && holds(reflect.ValueOf(kept), long) {
			t.Errorf("%s is kept but its size is not counted", path)
		}
		v.Set(was)
	}
	grow("Event", reflect.ValueOf(&ev).Elem())
	ev.Attempt.Certificate = make([]byte, 10_000)
	if kept, _ := keepEvent(ev); kept.Attempt.Certificate != nil {
		t.Error("Event.Attempt.Certificate is kept but its size is not counted")
	}
	ev.Attempt.Body, ev.Attempt.BodyDigest = body{}, make([]byte, 32)
	if kept, _ := keepEvent(ev); kept.Attempt.Body != nil || kept.Attempt.BodyDigest != nil {
		t.Error("Event.Attempt.Body is kept after the request")
	}
}

// body is a request's.
type body struct{}

func (body) SHA256() ([]byte, error) { return nil, nil }

// holds reports whether a text or list in v is at least that long.
func holds(v reflect.Value, long int) bool {
	switch v.Kind() {
	case reflect.String, reflect.Slice:
		return v.Len() >= long
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if holds(v.MapIndex(key), long) {
				return true
			}
		}
	case reflect.Pointer:
		return !v.IsNil() && holds(v.Elem(), long)
	case reflect.Struct:
		for i := range v.NumField() {
			if holds(v.Field(i), long) {
				return true
			}
		}
	}
	return false
}

// TestHookError: a refusal is returned unchanged; any other error counts as a failure of
// the extension.
func TestHookError(t *testing.T) {
	h := New(Config{Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	defer h.Close()
	var none *api.Error
	for name, c := range map[string]struct {
		err    error
		code   api.Code
		reason string
		says   string
	}{
		"a refusal":          {api.E(api.Denied, "mine", "no"), api.Denied, "mine", "no"},
		"without a text":     {api.E(api.Throttled, "mine", ""), api.Throttled, "mine", publicRefused},
		"wrapped":            {&hooks.Error{Point: "p", Handler: "x", Err: api.E(api.Denied, "mine", "no")}, api.Denied, "mine", "no"},
		"a fault of its own": {api.E(api.Internal, "mine", "no"), api.Denied, api.ReasonHookFailed, publicFailed},
		"a nil *Error":       {none, api.Denied, api.ReasonHookFailed, publicFailed},
		"another error":      {errors.New("broken"), api.Denied, api.ReasonHookFailed, publicFailed},
	} {
		got := api.AsError(h.HookError(t.Context(), c.err))
		if got.Code != c.code || got.Reason != c.reason || got.Public != c.says {
			t.Errorf("%s: got %s %s %q, want Code %v, Reason %v and Public %v", name, got.Code, got.Reason, got.Public, c.code, c.reason, c.says)
		}
	}
}
