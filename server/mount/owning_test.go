package mount

import (
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// TestOwnRoutes: a dialect owns the routes that it serves.
func TestOwnRoutes(t *testing.T) {
	e, err := core.New(t.Context(), core.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	for _, name := range []string{"wpjwt", "wpjwtpro", "usefulteam", "miniorange", "cocart", "cocart1"} {
		o := dialects.Types()[name]
		at := dialect.Mount{Name: "x", Issuer: "x", Prefix: o.Traits().Base}
		d, err := o.Open(at)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range d.Endpoints(e) {
			meant := route.Meaning{Path: x.Path, API: at.Base(), Route: strings.TrimPrefix(x.Path, at.Base())}
			if ownRoutes(dialect.Owns(o)).check(route.Reading{Meaning: meant}) == nil {
				t.Errorf("%s serves %s and does not own it", name, x.Path)
			}
		}
	}
}

// batching is a dialect of a program, whose plugin has a batch route.
type batching struct{ dialect.Dialect }

func (batching) Traits() dialect.Traits { return dialect.OfPlugin() }

func (batching) Open(dialect.Mount) (dialect.Dialect, error) { return batching{}, nil }

func (batching) Batches() []string { return []string{"/acme/batch"} }

// TestInspectors_known: batch routes of a dialect that the program adds are inspected
// without a mount, too.
func TestInspectors_known(t *testing.T) {
	cfg := &config.Config{Upstreams: map[string]config.Upstream{"shop": {Kind: "wordpress"}}}
	for _, known := range []map[string]dialect.Opener{{}, {"acme": batching{}}} {
		got := Inspectors(cfg, known)["shop"].Batches
		if slices.Contains(got, "/acme/batch") != (len(known) > 0) {
			t.Errorf("dialects %v: got batch routes %v", known, got)
		}
	}
}
