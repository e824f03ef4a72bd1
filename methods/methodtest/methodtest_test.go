package methodtest

import (
	"context"
	"crypto"
	"encoding/hex"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// fake is a method made from functions. If nil, they accept the bearer token "good".
type fake struct {
	called string
	auth   func(api.Attempt) (api.Identity, error)
}

func (f fake) Name() string { return f.called }

func (f fake) Authenticate(_ context.Context, a api.Attempt) (api.Identity, error) {
	if f.auth != nil {
		return f.auth(a)
	}
	return byBearer(a)
}

func byBearer(a api.Attempt) (api.Identity, error) {
	switch {
	case a.Credential.Kind != api.Bearer:
		return api.Identity{}, core.ErrNotMine
	case a.Credential.Text != "good":
		return api.Identity{}, api.E(api.Unauthenticated, "bad", "no")
	}
	return api.Identity{Subject: "u1", Login: "anna"}, nil
}

// byTeam reads a header of its own.
func byTeam(a api.Attempt) (api.Identity, error) {
	switch a.Header.Get("X-Team") {
	case "":
		return api.Identity{}, core.ErrNotMine
	case "blue":
		return api.Identity{Subject: "u1", Login: "blue"}, nil
	}
	return api.Identity{}, api.E(api.Unauthenticated, "bad", "no")
}

// The abilities, alone and together.
type (
	kinded struct {
		fake
		kinds []api.Kind
	}
	cachedOnly       struct{ fake }
	cachedKinded     struct{ kinded }
	challengingFakes struct {
		fake
		text func() string
	}
	digesting struct {
		kinded
		hash crypto.Hash
	}
	cachedDigesting struct{ digesting }
)

func (k kinded) Kinds() []api.Kind                            { return k.kinds }
func (cachedOnly) CacheFor() time.Duration                    { return time.Minute }
func (cachedKinded) CacheFor() time.Duration                  { return time.Minute }
func (d digesting) BodyDigest() crypto.Hash                   { return d.hash }
func (cachedDigesting) CacheFor() time.Duration               { return time.Minute }
func (c challengingFakes) Challenge(*core.Error) string       { return c.text() }
func bearerCase() Case                                        { return caseOf(api.Credential{Kind: api.Bearer, Text: "good"}) }
func teamCase() Case                                          { return headerCase(caseOf(api.Credential{})) }
func named(auth func(api.Attempt) (api.Identity, error)) fake { return fake{"fake", auth} }

// bySignature compares the credential with the digest of the body.
func bySignature(a api.Attempt) (api.Identity, error) {
	switch {
	case a.Credential.Kind != "mac":
		return api.Identity{}, core.ErrNotMine
	case len(a.BodyDigest) == 0 || a.Credential.Text != hex.EncodeToString(a.BodyDigest):
		return api.Identity{}, api.E(api.Unauthenticated, "bad", "no")
	}
	return api.Identity{Subject: "u1", Login: "anna"}, nil
}

// byName ignores the digest.
func byName(a api.Attempt) (api.Identity, error) {
	if a.Credential.Kind != "mac" {
		return api.Identity{}, core.ErrNotMine
	}
	return api.Identity{Subject: "u1", Login: "anna"}, nil
}

func signedCase() Case {
	c := caseOf(api.Credential{Kind: "mac", Text: hex.EncodeToString(digestOf([]byte("text")))})
	c.Body, c.Bad = []byte("text"), []api.Credential{{Kind: "mac", Text: "abc"}}
	return c
}

func caseOf(good api.Credential) Case {
	return Case{Good: good, Want: "u1", Foreign: []api.Credential{{Kind: api.Basic, User: "a", Password: "b"}}}
}

func headerCase(c Case) Case {
	c.GoodHeader, c.BadHeaders = api.Header{"X-Team": {"blue"}}, []api.Header{{"X-Team": {"red"}}}
	return c
}

// TestRun_good: correct methods pass, including one that reads a header of its own.
func TestRun_good(t *testing.T) {
	for name, tt := range map[string]struct {
		method core.Method
		c      Case
	}{
		"bearer":                    {named(nil), bearerCase()},
		"cached bearer":             {cachedKinded{kinded{named(nil), []api.Kind{api.Bearer}}}, bearerCase()},
		"own header":                {named(byTeam), teamCase()},
		"signed body":               {digesting{kinded{named(bySignature), []api.Kind{"mac"}}, crypto.SHA256}, signedCase()},
		"signed body, with a cache": {cachedDigesting{digesting{kinded{named(bySignature), []api.Kind{"mac"}}, crypto.SHA256}}, signedCase()},
		"own header, said by Kinds": {kinded{named(byTeam), []api.Kind{api.NoCredential}}, teamCase()},
	} {
		tt.c.Open = func(*testing.T) core.Method { return tt.method }
		t.Run(name, func(t *testing.T) { Run(t, tt.c) })
	}
}

// TestRun_catches: each fake violates one rule of the contract, and the suite reports it.
func TestRun_catches(t *testing.T) {
	withBad := bearerCase()
	withBad.Bad = []api.Credential{{Kind: api.Bearer, Text: "bad"}}
	always := func(id api.Identity, err error) func(api.Attempt) (api.Identity, error) {
		return func(api.Attempt) (api.Identity, error) { return id, err }
	}
	bearerAndTeam := func(a api.Attempt) (api.Identity, error) {
		if a.Header.Get("X-Team") == "blue" {
			return api.Identity{Subject: "u1"}, nil
		}
		return api.Identity{}, core.ErrNotMine
	}
	anybody := bearerCase()
	anybody.Want = ""
	bearers := []api.Kind{api.Bearer}
	for _, tt := range []struct {
		name, part string
		method     core.Method
		c          Case
	}{
		{"no name", "name", fake{}, bearerCase()},
		{"empty identity", "good", named(always(api.Identity{}, nil)), bearerCase()},
		{"empty identity is wanted", "good", named(always(api.Identity{}, nil)), anybody},
		{"a login without a subject", "good", named(always(api.Identity{Login: "anna"}, nil)), bearerCase()},
		{"somebody else", "good", named(always(api.Identity{Subject: "u2"}, nil)), bearerCase()},
		{"accepts everything", "bad", named(always(api.Identity{Subject: "u1"}, nil)), withBad},
		{"passes bad ones on", "bad", named(always(api.Identity{}, core.ErrNotMine)), withBad},
		{"a refusal that is a fault", "bad", named(always(api.Identity{}, errors.New("no"))), withBad},
		{"somebody beside the refusal", "bad", named(always(api.Identity{Subject: "u1"}, api.E(api.Denied, "x", ""))), withBad},
		{"takes others' credentials", "foreign", named(always(api.Identity{Subject: "u1"}, nil)), bearerCase()},
		{"refuses others' credentials", "foreign", named(always(api.Identity{}, api.E(api.Denied, "x", ""))), bearerCase()},
		{"panics", "good", named(func(api.Attempt) (api.Identity, error) { panic("ouch") }), bearerCase()},
		{"a bad header is nobody's", "bad", named(bearerAndTeam), teamCase()},
		{"takes no kind of its own", "kinds", kinded{named(nil), []api.Kind{api.Basic}}, bearerCase()},
		{"takes a kind that there is not", "kinds", kinded{named(nil), []api.Kind{api.Bearer, "HMAC"}}, bearerCase()},
		{"cached without kinds", "cache", cachedOnly{named(nil)}, bearerCase()},
		{"cached, and reads a header", "cache", cachedKinded{kinded{named(bearerAndTeam), bearers}}, headerCase(bearerCase())},
		{"cached by nothing", "cache", cachedKinded{kinded{named(byTeam), []api.Kind{api.NoCredential}}}, teamCase()},
		{"signs another hash", "digest", digesting{kinded{named(bySignature), []api.Kind{"mac"}}, crypto.SHA512}, signedCase()},
		{"signs no body", "digest", digesting{kinded{named(byName), []api.Kind{"mac"}}, crypto.SHA256}, signedCase()},
		{"signs without a scheme", "digest", digesting{kinded{named(nil), bearers}, crypto.SHA256}, bearerCase()},
		{"a challenge of two lines", "challenge", challengingFakes{named(nil), func() string { return "X\r\nSet-Cookie: a=b" }}, bearerCase()},
		{"a challenge that panics", "challenge", challengingFakes{named(nil), func() string { panic("ouch") }}, bearerCase()},
	} {
		if caught := catches(tt.method, tt.c); !slices.Contains(caught, tt.part) {
			t.Errorf("%s: caught by %v, want %q among them", tt.name, caught, tt.part)
		}
	}
}

// catches returns the parts of the suite that report an error.
func catches(m core.Method, c Case) (caught []string) {
	var mu sync.Mutex
	for _, p := range parts() {
		p.check(&run{Case: c, m: m, report: func(string, ...any) {
			mu.Lock()
			defer mu.Unlock()
			if !slices.Contains(caught, p.name) {
				caught = append(caught, p.name)
			}
		}})
	}
	return caught
}
