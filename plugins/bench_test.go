package plugins_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	shortexpiry "github.com/cardea-auth/cardea/examples/plugins/short-expiry"
	"github.com/cardea-auth/cardea/plugins"
)

// BenchmarkCall is one hook that reads one field and writes one, through the
// whole binding: pool, grants, journal and commit.
func BenchmarkCall(b *testing.B) {
	for _, isolation := range []string{plugins.Reuse, plugins.Reset} {
		b.Run("c/"+isolation, func(b *testing.B) {
			p := load(b, plugins.Config{}, plugins.Spec{
				Module: shortexpiry.Module(), Manifest: shortexpiry.Manifest(), Isolation: isolation,
				Grants: plugins.Grants{Write: []string{"lifetime", "claim.plan"}},
			})
			points := core.NewHooks()
			if err := p.Bind(points.AuthExpire, plugins.Binding{}); err != nil {
				b.Fatal(err)
			}
			ctx, in := context.Background(), core.Lifetime{Lifetime: 7 * 24 * time.Hour}
			b.ReportAllocs()
			for b.Loop() {
				out, err := points.AuthExpire.Apply(ctx, in)
				if err != nil || out.Lifetime != 2*time.Hour {
					b.Fatal(out.Lifetime, err)
				}
			}
		})
	}
}
