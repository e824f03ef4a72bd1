package mount

import (
	"maps"
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

// TestInspectors_assumed: an upstream is assumed to be a WordPress if only a mount says so.
func TestInspectors_assumed(t *testing.T) {
	const url = "http://127.0.0.1:8000"
	shop := []config.Mount{{Name: "shop", Config: batching{}}}
	for name, c := range map[string]struct {
		upstreams map[string]config.Upstream
		mounts    []config.Mount
		want      map[string]bool
	}{
		"by its kind":      {map[string]config.Upstream{"a": {URL: url, Kind: "wordpress"}}, shop, map[string]bool{"a": false, "": false}},
		"by identity":      {map[string]config.Upstream{"a": {URL: url, Identity: "assertion"}}, nil, map[string]bool{"a": false, "": false}},
		"by a mount":       {map[string]config.Upstream{"a": {URL: url}}, shop, map[string]bool{"a": true, "": true}},
		"by its neighbour": {map[string]config.Upstream{"a": {URL: url}, "b": {URL: url + "/", Kind: "wordpress"}}, shop, map[string]bool{"a": false, "b": false}},
		"no WordPress":     {map[string]config.Upstream{"a": {URL: url, Kind: "other"}}, shop, map[string]bool{}},
	} {
		got := map[string]bool{}
		for name, i := range Inspectors(&config.Config{Upstreams: c.upstreams, Mounts: c.mounts}, nil) {
			got[name] = i.Assumed
		}
		if !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
