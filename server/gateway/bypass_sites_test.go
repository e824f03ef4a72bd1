package gateway

import (
	"context"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// anyCredential authenticates alice by every credential, as a user of the directory "blog" or
// by a token of the mount "blog". Her number and roles are those of the bank's
// administrator.
type anyCredential struct{ oneToken }

func (anyCredential) Open(string, core.Deps) (core.Method, error) { return anyCredential{}, nil }

func (anyCredential) Authenticate(_ context.Context, a api.Attempt) (api.Identity, error) {
	if a.Credential.Kind == api.NoCredential {
		return api.Identity{}, core.ErrNotMine
	}
	return api.Identity{
		Subject: "u_alice", Number: 1, Login: "alice", Directory: "blog", Roles: []string{"administrator"},
		Proof: api.Proof{TokenID: "t", TokenFormat: "blog"},
	}, nil
}

// bankEngine is an engine for the bank, with a blog beside it.
func bankEngine(t *testing.T, directory string, sites []core.Site) *core.Engine {
	t.Helper()
	rules := policyRules()
	for i := range rules {
		rules[i].Directory = directory
	}
	s := memory.New()
	p := core.Policy{
		Methods: []core.NamedMethod{{Name: "jwt", Opener: anyCredential{}}}, Rules: rules, Application: core.Application{Sites: sites, Read: func(_, method, path, query string) (route.Reading, error) {
			return wordpress.Reader{}.Read(method, path, query)
		}},
	}
	for _, name := range []string{"blog", "bank"} {
		l := core.NativeTokenFormat("https://" + name + ".example")
		l.Name = name
		p.TokenFormats = append(p.TokenFormats, l)
	}
	e, err := core.New(t.Context(), core.Config{Policy: p, Store: s, Directories: []users.Directory{
		users.NewStore(s, users.StoreConfig{Name: "blog"}), users.NewStore(s, users.StoreConfig{Name: "bank"}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close(); s.Close() })
	return e
}

// TestBypass_elsewhere sends every row to a site for which the credential is not valid,
// by its directory and by the mount of the token. No protected request may reach the
// upstream.
func TestBypass_elsewhere(t *testing.T) {
	mounts := []core.Site{{Name: "blog", TokenFormat: "blog", Host: "blog.example"}, {Name: "bank", TokenFormat: "bank"}}
	home := []core.Site{{Name: "blog", TokenFormat: "blog"}}
	for _, c := range []struct {
		name   string
		engine *core.Engine
		passes bool
	}{
		{"at home", bankEngine(t, "blog", home), true}, // otherwise the other cases would prove nothing
		{"two directories", bankEngine(t, "bank", home), false},
		{"two mounts", bankEngine(t, "", mounts), false},
		{"both", bankEngine(t, "bank", mounts), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newTestGateway(t, c.engine, nil)
			sent, passed := 0, 0
			for _, r := range readRows(t) {
				if _, ok := later()[r.Category]; ok {
					continue
				}
				answers := 1
				if r.ID == "RAW-44" || r.ID == "RAW-45" {
					answers = 2
				}
				g.send(t, r.bytes(), answers)
				for _, s := range g.seen.take() {
					if isExcluded(s) {
						continue
					}
					passed++
					if !c.passes {
						t.Errorf("%s %s: the upstream saw %s %s as %q", r.ID, r.Name, s.Method, s.Target, s.Headers.Get("X-Auth-User"))
					}
				}
				sent++
			}
			if sent < 150 || c.passes && passed == 0 {
				t.Errorf("%d rows were sent and %d passed", sent, passed)
			}
		})
	}
}
