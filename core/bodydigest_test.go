package core_test

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// signing is a method whose signature is the digest of the body.
type signing struct {
	plain
	kinds []api.Kind
	hash  crypto.Hash
}

func (s signing) Kinds() []api.Kind       { return s.kinds }
func (s signing) BodyDigest() crypto.Hash { return s.hash }

// CacheFor must have no effect: the result depends on the body.
func (s signing) CacheFor() time.Duration { return time.Hour }

func newSigning() *signing {
	return &signing{plain{"mac", func(a api.Attempt) (api.Identity, error) {
		if a.Body != nil {
			return api.Identity{}, errors.New("the method is shown the body")
		}
		if a.Credential.Text != hex.EncodeToString(a.BodyDigest) {
			return api.Identity{}, api.E(api.Unauthenticated, "bad_mac", "the signature is wrong")
		}
		return api.Identity{Subject: "mac:anna", Login: "anna"}, nil
	}}, []api.Kind{"hmac"}, crypto.SHA256}
}

// text is a body that counts how often its digest is computed.
type text struct {
	is    string
	err   error
	reads int
}

func (b *text) SHA256() ([]byte, error) {
	b.reads++
	sum := sha256.Sum256([]byte(b.is))
	return sum[:], b.err
}

// TestDecide_bodyDigest: a method gets the body's digest for its own scheme. The body is
// not read for other schemes, or where no credential is needed.
func TestDecide_bodyDigest(t *testing.T) {
	e, err := core.New(t.Context(), core.Config{Policy: core.Policy{
		Methods: []core.NamedMethod{{Name: "mac", Opener: opens(newSigning())}, {Name: "other", Opener: opens(kinded{&plain{"other", answers(api.Identity{Subject: "u"}, nil)}, []api.Kind{api.Bearer}})}},
		Rules: []route.Rule{
			{Name: "public", Path: "/public", Access: route.Public},
			{Name: "all", Path: "/**", Access: route.Optional, OnBadToken: route.Anonymous},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	sum := sha256.Sum256([]byte("text"))
	signature := "HMAC " + hex.EncodeToString(sum[:])
	for _, c := range []struct {
		name, path, header string
		body               *text
		want               string // a login, or a reason
		reads              int
	}{
		{"good", "/x", signature, &text{is: "text"}, "anna", 1},
		{"once more, with another body", "/x", signature, &text{is: "other"}, "", 1}, // ignored
		{"without a body to see", "/x", signature, nil, api.ReasonBodyNotSeen, 0},
		{"too large", "/x", signature, &text{err: api.E(api.Invalid, api.ReasonTooLarge, "")}, api.ReasonTooLarge, 1},
		{"a body that fails like another method", "/x", signature, &text{is: "text", err: api.ErrNotMine}, "", 1},
		{"a body that fails like a bad credential", "/x", signature, &text{is: "text", err: api.E(api.Unauthenticated, "x", "")}, "", 1},
		{"another scheme", "/x", "Bearer a.b.c", &text{is: "text"}, "u", 0},
		{"nothing", "/x", "", &text{is: "text"}, "", 0},
		{"public", "/public", signature, &text{is: "text"}, "", 0},
	} {
		a := &api.Attempt{Method: "POST", RawTarget: c.path, Host: "h", Header: api.Header{}, BodyDigest: []byte("of an earlier decision")}
		if c.header != "" {
			a.Header["Authorization"] = []string{c.header}
		}
		if c.body != nil {
			a.Body = c.body
		}
		d := e.Decide(t.Context(), a)
		got := d.Identity.Login
		if d.Err != nil {
			got = d.Err.Reason
		}
		reads := 0
		if c.body != nil {
			reads = c.body.reads
		}
		failing := c.body != nil && c.body.err != nil
		if got != c.want || reads != c.reads || failing && d.Outcome == core.Allowed {
			t.Errorf("%s: got %q, %v after %d reads; want %q after %d", c.name, got, d.Err, reads, c.want, c.reads)
		}
		if c.want == "anna" && !bytes.Equal(a.BodyDigest, sum[:]) || c.reads == 0 && a.BodyDigest != nil {
			t.Errorf("%s: the attempt has digest %x", c.name, a.BodyDigest)
		}
	}
}

// TestNew_bodyDigest: a method can request only hashes that the engine supports.
func TestNew_bodyDigest(t *testing.T) {
	for name, change := range map[string]func(*signing){
		"another hash": func(s *signing) { s.hash = crypto.SHA512 },
		"no scheme":    func(s *signing) { s.kinds = []api.Kind{api.Bearer, api.NoCredential} },
	} {
		m := newSigning()
		change(m)
		e, err := core.New(t.Context(), core.Config{Policy: core.Policy{Methods: []core.NamedMethod{{Name: "mac", Opener: opens(m)}}}})
		if err == nil {
			e.Close()
			t.Errorf("%s: the engine opened", name)
		}
	}
}
