package hook_test

import (
	"errors"
	"testing"

	hook "github.com/cardea-auth/cardea/plugins/sdk/go"
)

// TestFake_outside tests secrets, kv and HTTP of the fake host.
func TestFake_outside(t *testing.T) {
	f := hook.Fake{
		Secrets: map[string]string{"token": "s3cret"},
		HTTP: func(r hook.Request) (hook.Response, error) {
			if r.Method != "POST" || r.URL != "https://api.example.com/x" || r.Body != "body\n\nmore" || r.Header[0] != "Accept: text/plain" {
				t.Errorf("request %+v", r)
			}
			return hook.Response{Status: 201, Header: []string{"content-type: text/plain"}, Body: "made\n\nit"}, nil
		},
	}
	got := f.Run(func(e *hook.Event) hook.Status {
		if text, ok := e.Secret("token"); !ok || text != "s3cret" {
			t.Errorf("Secret = %q, %v", text, ok)
		}
		if _, err := e.KVGet("n"); !errors.Is(err, hook.ErrAbsent) {
			t.Errorf("KVGet = %v", err)
		}
		for _, want := range []int64{2, 4} {
			if n, err := e.KVIncr("n", 2, 60); n != want || err != nil {
				t.Errorf("KVIncr = %d, %v", n, err)
			}
		}
		if err := e.KVPut("n", "x", 0); !errors.Is(err, hook.ErrBadArgument) {
			t.Errorf("KVPut for no time = %v", err)
		}
		if err := e.KVPut("n", "x", 1); err != nil {
			t.Error(err)
		}
		if _, err := e.KVIncr("n", 1, 1); !errors.Is(err, hook.ErrBadArgument) {
			t.Errorf("KVIncr of a text = %v", err)
		}
		res, err := e.Fetch(hook.Request{Method: "POST", URL: "https://api.example.com/x", Header: []string{"Accept: text/plain"}, Body: "body\n\nmore"})
		if err != nil || res.Status != 201 || res.Body != "made\n\nit" || res.Get("content-type") != "text/plain" || res.Get("etag") != "" {
			t.Errorf("Fetch = %+v, %v", res, err)
		}
		a, b := make([]byte, 8), make([]byte, 8)
		if err := errors.Join(e.Random(a), e.Random(b)); err != nil || string(a) != string(b) || string(a) == string(make([]byte, 8)) {
			t.Errorf("Random gave %x, %x, %v", a, b, err)
		}
		e.Count("seen", 1)
		e.Count("seen", 2)
		return hook.Continue
	})
	if got.Counts["seen"] != 3 || f.KV["n"] != "x" {
		t.Errorf("counts %v, kept %v", got.Counts, f.KV)
	}
}

func TestFake_fetchFails(t *testing.T) {
	for answer, want := range map[error]error{hook.ErrNotGranted: hook.ErrNotGranted, hook.ErrTooLarge: hook.ErrTooLarge, errors.New("x"): hook.ErrUnavailable} {
		f := hook.Fake{HTTP: func(hook.Request) (hook.Response, error) { return hook.Response{}, answer }}
		f.Run(func(e *hook.Event) hook.Status {
			if _, err := e.Fetch(hook.Request{}); !errors.Is(err, want) {
				t.Errorf("%v became %v", answer, err)
			}
			return hook.Continue
		})
	}
	f := hook.Fake{}
	f.Run(func(e *hook.Event) hook.Status {
		if _, err := e.Fetch(hook.Request{}); !errors.Is(err, hook.ErrUnavailable) {
			t.Errorf("without an HTTP handler: got %v, want error %q", err, hook.ErrUnavailable)
		}
		return hook.Continue
	})
}
