package plugins

import (
	"context"
	"errors"
	"strings"
	"unicode"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

var errCalls = errors.New("too many host calls in one call")

// guest is the host's side of one instance: whose it is, and the call that runs
// in it.
type guest struct {
	plugin *Plugin
	keys   []map[string]rule // by access.index

	ctx     context.Context
	access  *access // nil while the instance starts
	view    hooks.View
	journal journal
	calls   int
	logged  int
	denial  *api.Error
	failure string
}

func (g *guest) begin(ctx context.Context, a *access, view hooks.View) {
	g.ctx, g.access, g.view = ctx, a, view
	g.calls, g.logged, g.denial, g.failure = 0, 0, nil, ""
}

// end lets go of everything that belongs to the event.
func (g *guest) end() {
	g.ctx, g.access, g.view, g.denial, g.failure = nil, nil, nil, nil, ""
	g.journal.reset()
}

// enter counts a host call; the one too many ends the guest's call.
func enter(i *wasm.Instance) *guest {
	g := i.State.(*guest)
	if g.calls++; g.calls > g.plugin.source.limits.HostCalls {
		panic(errCalls)
	}
	return g
}

// deny keeps what the client will be told.
func (g *guest) deny(kind abi.Refusal, text string) {
	code := api.Denied
	switch kind {
	case abi.Unauthenticated:
		code = api.Unauthenticated
	case abi.Malformed:
		code = api.Invalid
	case abi.Throttled:
		code = api.Throttled
	}
	g.denial = api.E(code, api.ReasonHook, printable(text))
}

// log writes one line; text over the call's limit is cut, then dropped.
func (g *guest) log(level abi.Level, text []byte) {
	left := g.plugin.source.limits.LogBytes - g.logged
	if left <= 0 {
		return
	}
	text = text[:min(len(text), left)]
	g.logged += max(len(text), 1)
	g.plugin.log.Log(g.ctx, slogLevel(level), strings.ToValidUTF8(string(text), "\uFFFD"), "point", g.pointName())
}

func (g *guest) pointName() string {
	if g.access == nil {
		return abi.Configure
	}
	return g.access.point.Name
}

// printable makes one line of valid text of whatever a guest wrote.
func printable(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
