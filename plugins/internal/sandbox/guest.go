package sandbox

import (
	"context"
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

// guest is the host's side of one instance: whose it is, and the call that runs
// in it.
type guest struct {
	env    *env
	keys   []ruleCache // by access.index
	born   time.Time
	size   uint32 // of the memory then
	served int    // calls
	broken bool   // of no further use

	ctx     context.Context
	access  *access // nil while the instance starts
	view    hooks.View
	journal journal
	calls   int
	logged  int
	denial  *api.Error
	failure string
	shadow  bool      // whatever it does counts for nothing
	running bool      // it counts as running
	begun   time.Time // if the call may wait for others
	fetches int
	asked   string // the last request
	answer  string // and its response
}

// newGuest returns the host's side of an instance that starts.
func newGuest(ctx context.Context, e *env) *guest {
	g := &guest{env: e, keys: make([]ruleCache, len(e.Points)), journal: journal{limits: &e.Limits}}
	g.begin(context.WithoutCancel(ctx), nil, nil)
	return g
}

// begin readies the guest for an event; at its start it has none.
func (g *guest) begin(ctx context.Context, a *access, view hooks.View) {
	g.ctx, g.access, g.view = ctx, a, view
	g.calls, g.logged, g.denial, g.failure, g.shadow = 0, 0, nil, "", false
	if g.env.waits {
		g.begun, g.fetches = time.Now(), 0
	}
}

// end drops everything that belongs to the event.
func (g *guest) end() {
	g.ctx, g.access, g.view, g.denial, g.failure = nil, nil, nil, nil, ""
	g.asked, g.answer = "", ""
	g.journal.reset()
}

// enter counts a host call; the one too many ends the guest's call.
func enter(i *wasm.Instance) *guest {
	g := i.State.(*guest)
	if g.calls++; g.calls > g.env.Limits.HostCalls {
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
	limits := &g.env.Limits
	left := limits.LogBytes - g.logged
	if left <= 0 {
		return
	}
	text = text[:min(len(text), left)]
	g.logged += max(len(text), 1)
	log := g.env.Log
	if !log.Enabled(g.ctx, slogLevel(level)) {
		return
	}
	dropped, ok := g.env.usage.lines.admit(time.Now(), limits.LogLines)
	if dropped > 0 {
		LogDropped(g.ctx, log, dropped)
	}
	if ok {
		log.Log(g.ctx, slogLevel(level), strings.ToValidUTF8(string(text), "\uFFFD"), "point", g.pointName())
	}
}

// LogDropped says that a plugin writes more than it may.
func LogDropped(ctx context.Context, log *slog.Logger, lines int) {
	log.WarnContext(ctx, fmt.Sprintf("%d lines dropped: the plugin writes more than its limits.log_lines a second", lines))
}

func (g *guest) pointName() string {
	if g.access == nil {
		return abi.Configure
	}
	return g.access.point.Name
}

// deadline is when waiting for others ends, however much time the guest has
// spent by itself.
func (g *guest) deadline() time.Time { return g.begun.Add(g.env.Limits.Deadline) }

func (g *guest) quota() api.PluginQuota {
	return api.PluginQuota{Entries: g.env.Limits.KVEntries, Bytes: g.env.Limits.KVBytes}
}

// rule looks up what the guest may do with a key of its event; false if it is no key.
func (g *guest) rule(key []byte, at uint32) (*rule, bool) {
	return g.keys[g.access.index].rule(g.access, key, at)
}

func slogLevel(level abi.Level) slog.Level {
	return [...]slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError}[max(0, min(level, abi.Error))]
}

// maxCalls and maxAge end an instance, so that what piles up in it or beside it
// goes.
const (
	maxCalls = 100_000
	maxAge   = 5 * time.Minute
)

func (g *guest) old() bool { return g.served >= maxCalls || time.Since(g.born) > maxAge }

// worn reports whether an instance that keeps its state should be replaced.
func (g *guest) worn(i *wasm.Instance) bool {
	return g.broken || g.served%64 == 0 && (g.old() || i.MemorySize() > 2*g.size)
}
