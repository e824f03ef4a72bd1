package issuerkeys_test

import (
	"compress/gzip"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/keys/issuerkeys"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// clock is a time that tests set.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// issuer is an external issuer on the loopback address.
type issuer struct {
	*httptest.Server
	hits    atomic.Int64
	answer  atomic.Pointer[http.HandlerFunc]
	clock   *clock
	present api.Key
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	is := &issuer{clock: &clock{start}}
	is.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		is.hits.Add(1)
		(*is.answer.Load())(w, r)
	}))
	t.Cleanup(is.Close)
	is.publish(t, mustKey(t, "ES256"))
	return is
}

func mustKey(t *testing.T, alg string) api.Key {
	t.Helper()
	key, err := keys.Generate(alg, nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (is *issuer) publish(t *testing.T, list ...api.Key) {
	t.Helper()
	set, err := keys.ExportSet(list)
	if err != nil {
		t.Fatal(err)
	}
	is.present = list[0]
	is.serve(func(w http.ResponseWriter, _ *http.Request) { w.Write(set) })
}

func (is *issuer) serve(h http.HandlerFunc) { is.answer.Store(&h) }

func (is *issuer) remote(t *testing.T, change func(*issuerkeys.Config)) *issuerkeys.Remote {
	t.Helper()
	c := issuerkeys.Config{
		Issuer: is.URL, URL: is.URL + "/jwks", Algorithms: []string{"ES256", "RS256"},
		AllowPrivate: true, Now: is.clock.Now,
	}
	if change != nil {
		change(&c)
	}
	r, err := issuerkeys.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// finds reports whether the remote has the key, and fails the test on an error.
func finds(t *testing.T, r *issuerkeys.Remote, key api.Key) bool {
	t.Helper()
	list, err := r.Verifying(t.Context(), key.ID, key.Algorithm)
	if err != nil {
		t.Fatal(err)
	}
	return len(list) == 1 && list[0].ID == key.ID && !list[0].CanSign()
}

func TestRemote_fetchesOnce(t *testing.T) {
	is := newIssuer(t)
	r := is.remote(t, nil)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if list, err := r.Verifying(t.Context(), is.present.ID, "ES256"); err != nil || len(list) != 1 {
				t.Errorf("%v, %v, want the key", list, err)
			}
		})
	}
	wg.Wait()
	if got := is.hits.Load(); got != 1 {
		t.Errorf("%d fetches, want 1", got)
	}
	if list, _ := r.Verifying(t.Context(), is.present.ID, "RS256"); len(list) != 0 {
		t.Error("a key was returned for another algorithm than its own")
	}
}

func TestRemote_unknownKidFlood(t *testing.T) {
	is := newIssuer(t)
	r := is.remote(t, nil)
	for range 500 {
		if finds(t, r, api.Key{ID: "unknown", Algorithm: "ES256"}) {
			t.Fatal("an unknown kid was found")
		}
	}
	if got := is.hits.Load(); got != 1 {
		t.Errorf("%d fetches for 500 tokens, want 1 for each cool-down", got)
	}
	is.clock.now = start.Add(30 * time.Second)
	finds(t, r, api.Key{ID: "unknown", Algorithm: "ES256"})
	if got := is.hits.Load(); got != 2 {
		t.Errorf("%d fetches after the cool-down, want 2", got)
	}
}

func TestRemote_rotation(t *testing.T) {
	is := newIssuer(t)
	r := is.remote(t, nil)
	old := is.present
	if !finds(t, r, old) {
		t.Fatal("first key is missing")
	}
	is.publish(t, mustKey(t, "ES256"))
	is.clock.now = start.Add(time.Minute)
	if !finds(t, r, is.present) {
		t.Error("a new kid is not looked for")
	}
	if finds(t, r, old) {
		t.Error("a withdrawn key still verifies")
	}
}

func TestRemote_staleWhileError(t *testing.T) {
	is := newIssuer(t)
	r := is.remote(t, nil)
	if !finds(t, r, is.present) {
		t.Fatal("first key is missing")
	}
	is.serve(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "down", http.StatusBadGateway) })
	is.clock.now = start.Add(23 * time.Hour)
	if !finds(t, r, is.present) {
		t.Error("an old set must serve while the issuer is down")
	}
	is.clock.now = start.Add(24 * time.Hour)
	if _, err := r.Verifying(t.Context(), is.present.ID, "ES256"); api.CodeOf(err) != api.Unavailable {
		t.Errorf("error %v, want unavailable when the set is too old", err)
	}
}

func TestRemote_badAnswers(t *testing.T) {
	secret := `{"keys":[{"kty":"oct","kid":"k","alg":"HS256","k":"MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY"}]}`
	for name, h := range map[string]http.HandlerFunc{
		"not found": http.NotFound,
		"no JSON":   func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>")) },
		"a secret":  func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(secret)) },
		"endless": func(w http.ResponseWriter, _ *http.Request) {
			w.Write([]byte(`{"keys":[` + strings.Repeat(" ", 1<<20)))
		},
		"compressed": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 64 { // 64 MiB in 64 KiB
				z.Write(make([]byte, 1<<20))
			}
			z.Close()
		},
		"a long header": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Long", strings.Repeat("x", 1<<20))
			w.Write([]byte(`{"keys":[]}`))
		},
		"redirect":       func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) },
		"only encrypted": func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"keys":[{"kty":"RSA","use":"enc"}]}`)) },
	} {
		t.Run(name, func(t *testing.T) {
			is := newIssuer(t)
			is.serve(h)
			if list, err := is.remote(t, nil).Verifying(t.Context(), "k", "ES256"); api.CodeOf(err) != api.Unavailable {
				t.Errorf("%v, %v, want unavailable", list, err)
			}
			if got := is.hits.Load(); got != 1 {
				t.Errorf("%d requests, want 1", got)
			}
		})
	}
}

// A key that the issuer withdrew is gone after the next fetch. A response that cannot be
// parsed counts as an outage, during which the keys stay valid.
func TestRemote_withdrawn(t *testing.T) {
	for set, lives := range map[string]bool{
		`{"keys":[]}`:                         false,
		` { "keys" : [ ] , "more" : 1 } `:     false,
		`{"keys":null}`:                       true,
		`{"keys":{}}`:                         true,
		`{}`:                                  true,
		`[]`:                                  true,
		``:                                    true,
		`{"keys":[]`:                          true,
		`{"keys":[],"keys":[]}`:               true,
		`{"keys":[{"kty":"oct","k":"AAAA"}]}`: true,
		`{"keys":[{}]}`:                       true,
	} {
		t.Run(set, func(t *testing.T) {
			is := newIssuer(t)
			r := is.remote(t, nil)
			if !finds(t, r, is.present) {
				t.Fatal("the key is not there to begin with")
			}
			is.serve(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(set)) })
			is.clock.now = start.Add(11 * time.Minute)
			if got := finds(t, r, is.present); got != lives {
				t.Errorf("the key counts: %v, want %v", got, lives)
			}
		})
	}
	t.Run("one of two", func(t *testing.T) {
		is := newIssuer(t)
		first, second := is.present, mustKey(t, "ES256")
		is.publish(t, first, second)
		r := is.remote(t, nil)
		finds(t, r, first)
		is.publish(t, second)
		is.clock.now = start.Add(11 * time.Minute)
		if finds(t, r, first) || !finds(t, r, second) {
			t.Error("the set is not what the issuer says now")
		}
	})
}

func TestRemote_unfitKeyBesideGoodOnes(t *testing.T) {
	is := newIssuer(t)
	good, err := keys.ExportJWK(is.present, false)
	if err != nil {
		t.Fatal(err)
	}
	is.serve(func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(`{"keys":[{"kty":"RSA","kid":"tiny","n":"AQAB","e":"AQAB"},{"kty":"??"},` + string(good) + `]}`))
	})
	if !finds(t, is.remote(t, nil), is.present) {
		t.Error("an unfit key prevents a good one from verifying")
	}
}

func TestRemote_discovery(t *testing.T) {
	is := newIssuer(t)
	set, err := keys.ExportSet([]api.Key{is.present})
	if err != nil {
		t.Fatal(err)
	}
	document := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/.well-known/") {
				w.Write([]byte(`{"issuer":"` + name + `","jwks_uri":"` + is.URL + `/set"}`))
				return
			}
			w.Write(set)
		}
	}
	byDiscovery := func(c *issuerkeys.Config) { c.URL = "" }
	is.serve(document(is.URL))
	if !finds(t, is.remote(t, byDiscovery), is.present) {
		t.Error("key was not discovered")
	}
	is.serve(document("https://evil.test"))
	if _, err := is.remote(t, byDiscovery).Verifying(t.Context(), is.present.ID, "ES256"); err == nil {
		t.Error("a document about another issuer was heeded")
	}
}

func TestRemote_guard(t *testing.T) {
	var reached atomic.Int64
	inside := httptest.NewUnstartedServer(http.NotFoundHandler())
	inside.Config.ConnState = func(net.Conn, http.ConnState) { reached.Add(1) }
	inside.StartTLS()
	defer inside.Close()
	is := newIssuer(t)
	r := is.remote(t, func(c *issuerkeys.Config) { c.URL, c.AllowPrivate = inside.URL, false })
	if _, err := r.Verifying(t.Context(), "k", "ES256"); api.CodeOf(err) != api.Unavailable {
		t.Errorf("error %v, want unavailable: the loopback is not public", err)
	}
	if got := reached.Load(); got != 0 {
		t.Errorf("the loopback was connected to (%d events)", got)
	}
}

func TestOpen_refused(t *testing.T) {
	for name, c := range map[string]issuerkeys.Config{
		"no issuer":        {URL: "https://a.test/", Algorithms: []string{"RS256"}},
		"no algorithm":     {Issuer: "https://a.test"},
		"shared secret":    {Issuer: "https://a.test", Algorithms: []string{"RS256", "HS256"}},
		"plain http":       {Issuer: "http://a.test", Algorithms: []string{"RS256"}},
		"issuer is no URL": {Issuer: "a.test", Algorithms: []string{"RS256"}},
	} {
		if _, err := issuerkeys.Open(c); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

// TestRemote_defaults tests the default of each setting.
func TestRemote_defaults(t *testing.T) {
	key := mustKey(t, "ES256")
	set, err := keys.ExportSet([]api.Key{key})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(set) }))
	defer s.Close()
	r, err := issuerkeys.Open(issuerkeys.Config{Issuer: s.URL, URL: s.URL, Algorithms: []string{"ES256"}, AllowPrivate: true})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := r.Verifying(t.Context(), key.ID, "ES256"); err != nil || len(found) != 1 {
		t.Errorf("Verifying: got %v, %v; want 1 entry", found, err)
	}
}
