package plugins

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

var errCalls = errors.New("too many host calls in one call")

// guest is the host's side of one instance: whose it is, and the call that runs
// in it.
type guest struct {
	version *version
	keys    []rulebook // by access.index
	born    time.Time
	size    uint32 // of the memory then
	served  int    // calls
	broken  bool   // of no further use

	ctx     context.Context
	access  *access // nil while the instance starts
	view    hooks.View
	journal journal
	calls   int
	logged  int
	denial  *api.Error
	failure string
	shadows bool      // whatever it does counts for nothing
	seated  bool      // it counts in the crowd
	begun   time.Time // if the call may wait for others
	fetches int
	asked   string // the last request
	answer  string // and its response
}

func (g *guest) begin(ctx context.Context, a *access, view hooks.View) {
	g.ctx, g.access, g.view = ctx, a, view
	g.calls, g.logged, g.denial, g.failure, g.shadows = 0, 0, nil, "", false
	if g.version.outward {
		g.begun, g.fetches = time.Now(), 0
	}
}

// end lets go of everything that belongs to the event.
func (g *guest) end() {
	g.ctx, g.access, g.view, g.denial, g.failure = nil, nil, nil, nil, ""
	g.asked, g.answer = "", ""
	g.journal.reset()
}

// enter counts a host call; the one too many ends the guest's call.
func enter(i *wasm.Instance) *guest {
	g := i.State.(*guest)
	if g.calls++; g.calls > g.version.source.limits.HostCalls {
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
	g.denial = api.E(code, api.ReasonHook, printable.Line(text))
}

// log writes one line; text over the call's limit is cut, then dropped, and so are
// lines over the plugin's rate.
func (g *guest) log(level abi.Level, text []byte) {
	limits := &g.version.source.limits
	left := limits.LogBytes - g.logged
	if left <= 0 {
		return
	}
	text = text[:min(len(text), left)]
	g.logged += max(len(text), 1)
	log := g.version.log
	if !log.Enabled(g.ctx, slogLevel(level)) {
		return
	}
	dropped, ok := g.version.plugin.lines.admit(time.Now(), limits.LogLines)
	if dropped > 0 {
		tellDropped(g.ctx, log, dropped)
	}
	if ok {
		log.Log(g.ctx, slogLevel(level), strings.ToValidUTF8(string(text), "\uFFFD"), "point", g.pointName())
	}
}

func tellDropped(ctx context.Context, log *slog.Logger, lines int) {
	log.WarnContext(ctx, fmt.Sprintf("%d lines dropped: the plugin writes more than its limits.log_lines a second", lines))
}

func (g *guest) pointName() string {
	if g.access == nil {
		return abi.Configure
	}
	return g.access.point.Name
}

func (g *guest) name() string   { return g.version.name }
func (g *guest) host() *Host    { return g.version.host }
func (g *guest) kv() KV         { return g.host().cfg.KV }
func (g *guest) now() time.Time { return g.host().cfg.Now() }
func (g *guest) shadow() bool   { return g.shadows }

// deadline is when waiting for others ends, however much time the guest has
// spent by itself.
func (g *guest) deadline() time.Time { return g.begun.Add(g.version.source.limits.Deadline) }

func (g *guest) quota() api.PluginQuota {
	return api.PluginQuota{Entries: g.version.source.limits.KVEntries, Bytes: g.version.source.limits.KVBytes}
}
