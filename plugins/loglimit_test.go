package plugins_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
)

// TestBind_linesLogged: identical lines of many calls are logged once a second.
func TestBind_linesLogged(t *testing.T) {
	const calls = 300
	for name, c := range map[string]struct {
		build   func(g *guest)
		binding plugins.Binding
		at      string
	}{
		"broken, then disabled": {func(g *guest) { g.hook("token-claims", asm.Op(asm.Unreachable)) }, plugins.Binding{OnError: plugins.Skip}, "token-claims"},
		"a shadow":              {func(g *guest) { g.hook("token-claims", g.set("claim.tier", "gold"), asm.I32(0)) }, plugins.Binding{Shadow: true}, "token-claims"},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			g := newGuest()
			c.build(g)
			p := load(t, plugins.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}, plugins.Spec{Module: g.Bytes(), Grants: all()})
			f := filter(c.at)
			if err := p.Bind(f, c.binding); err != nil {
				t.Fatal(err)
			}
			for range calls {
				f.Apply(context.Background(), newEvent())
			}
			if n := bytes.Count(log.Bytes(), []byte("\n")); n == 0 || n > calls/10 {
				t.Errorf("%d calls make %d lines:\n%.2000s", calls, n, log.String())
			}
		})
	}
}
