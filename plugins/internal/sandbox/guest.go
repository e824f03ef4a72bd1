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

// guest is the host's side of one instance: its owner, and the current call.
type guest struct {
	env    *env
	keys   []ruleCache // by access.index
	born   time.Time
	size   uint32 // size of the memory at that time
	served int    // calls
	broken bool   // must not be used again

	ctx     context.Context
	access  *access // nil while the instance starts
	view    hooks.View
	journal journal
	calls   int
	logged  int
	denial  *api.Error
	failure string
	shadow  bool      // its effects are discarded
	running bool      // it holds a slot
	begun   time.Time // set if the call may wait for kv or http
	fetches int
	asked   string // the last http request
	answer  string // the response to asked
}

// newGuest returns the host's side of an instance that is starting.
func newGuest(ctx context.Context, e *env) *guest {
	g := &guest{env: e, keys: make([]ruleCache, len(e.Points)), journal: journal{limits: &e.Limits}}
	g.begin(context.WithoutCancel(ctx), nil, nil)
	return g
}

// begin prepares the guest for an event; at start there is none.
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

// enter counts a host call, and ends the guest's call when there were too many.
func enter(i *wasm.Instance) *guest {
	g := i.State.(*guest)
	if g.calls++; g.calls > g.env.Limits.HostCalls {
		panic(errCalls)
	}
	return g
}

// deny keeps the refusal for the client.
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

// log writes one line. Text over the call's limit is cut, then dropped; lines over the
// plugin's rate are dropped.
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

// LogDropped logs that lines of a plugin were dropped.
func LogDropped(ctx context.Context, log *slog.Logger, lines int) {
	log.WarnContext(ctx, fmt.Sprintf("%d lines dropped: the plugin writes more than its limits.log_lines a second", lines))
}

func (g *guest) pointName() string {
	if g.access == nil {
		return abi.Configure
	}
	return g.access.point.Name
}

// deadline returns when waiting for kv and http ends, however much time the guest itself
// has used.
func (g *guest) deadline() time.Time { return g.begun.Add(g.env.Limits.Deadline) }

func (g *guest) quota() api.PluginQuota {
	return api.PluginQuota{Entries: g.env.Limits.KVEntries, Bytes: g.env.Limits.KVBytes}
}

// rule looks up what the guest may do with a key of its event; false if the key is
// invalid.
func (g *guest) rule(key []byte, at uint32) (*rule, bool) {
	return g.keys[g.access.index].rule(g.access, key, at)
}

func slogLevel(level abi.Level) slog.Level {
	return [...]slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError}[max(0, min(level, abi.Error))]
}

// maxCalls and maxAge limit the life of an instance, so that leaks inside or outside it
// end.
const (
	maxCalls = 100_000
	maxAge   = 5 * time.Minute
)

func (g *guest) old() bool { return g.served >= maxCalls || time.Since(g.born) > maxAge }

// worn reports whether an instance that keeps its state should be replaced.
func (g *guest) worn(i *wasm.Instance) bool {
	return g.broken || g.served%64 == 0 && (g.old() || i.MemorySize() > 2*g.size)
}
