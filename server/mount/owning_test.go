package mount

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
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
