package core

import (
	"context"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks"
)

// EventConfig bounds what waits for the handlers of events. Zero means the default in
// brackets.
type EventConfig struct {
	Queue int           // events for one handler [1024]
	Bytes int64         // of these together [4 MiB]
	Drain time.Duration // how long Close waits until the handlers are done [5 s]
}

func (e *Engine) openEvents(c EventConfig) {
	e.drain = c.Drain
	if e.drain <= 0 {
		e.drain = 5 * time.Second
	}
	e.events = hooks.NewBackground(hooks.BackgroundConfig{Events: c.Queue, Bytes: c.Bytes, OnError: func(ctx context.Context, err error) {
		e.logHook(ctx, "hook failed at an event", err)
	}})
}

// fire tells an action, behind the caller: whoever asks for something does not wait
// for those who are only told. Handlers' errors are logged and go no further.
func (e *Engine) fire(ctx context.Context, a *hooks.Action[Event], ev Event) {
	if a.Len() == 0 {
		return
	}
	ev.At = e.now()
	a.Tell(ctx, e.events, ev, keepEvent)
}

// PluginFailed tells plugin-failed that a plugin broke, for who runs plugins.
func (e *Engine) PluginFailed(ctx context.Context, plugin, class string) {
	e.fire(ctx, e.Hooks().PluginFailed, Event{Target: plugin, Reason: class})
}

// Drain waits until the handlers of all events that were told so far are done, or ctx
// ends. Events are handled behind whoever causes them, those of one handler in their
// order.
func (e *Engine) Drain(ctx context.Context) error { return e.events.Drain(ctx) }

// closeEvents gives the handlers of events the time that they are allowed. What is lost
// is logged and counted: the rest is closed as usual.
func (e *Engine) closeEvents() {
	ctx, cancel := context.WithTimeout(context.Background(), e.drain)
	defer cancel()
	if err := e.events.Close(ctx); err != nil {
		e.log.Warn("events were dropped at the end", "error", err)
	}
}

// keepEvent copies what the request goes on using, without its credential, and counts
// about how many bytes the copy takes.
func keepEvent(ev Event) (Event, int64) {
	const fixed = 1 << 10 // the structures themselves
	id := &ev.Identity
	size := fixed + identitySize(id) + len(ev.Reason) + len(ev.Target) + len(ev.TokenID) + len(ev.Actor) + len(ev.Peer.UserAgent)
	id.Proof.Claims = api.Claims{} // no view shows them
	*id = id.Clone()
	if ev.Attempt == nil {
		return ev, int64(size)
	}
	a := *ev.Attempt
	a.Header = make(api.Header, len(a.Header))
	for name, values := range ev.Attempt.Header {
		if !route.CarriesCredential(ev.Attempt, name) {
			a.Header[name] = slices.Clone(values)
			size += len(name) + textSize(values)
		}
	}
	a.Credential.Text, a.Credential.Password, a.Certificate = "", "", nil
	size += len(a.Host) + len(a.Method) + len(a.RawTarget) + len(a.Path) + len(a.Query) + len(a.Credential.User)
	ev.Attempt = &a
	return ev, int64(size)
}

// identitySize is without names out of the configuration, which are shared.
func identitySize(id *api.Identity) int {
	p := &id.Proof
	size := len(id.Subject) + len(id.Login) + len(id.Email) + len(id.Display) + len(id.Nicename) + len(id.FirstName) + len(id.LastName) +
		len(id.Client) + len(p.TokenID) + len(p.Session) + len(p.KeyID) + len(p.APIKey) + len(p.Issuer) + len(p.LoginDialects)
	return size + textSize(id.Roles) + textSize(id.Scopes)
}

func textSize(list []string) int {
	size := 0
	for _, s := range list {
		size += len(s) + 16
	}
	return size
}
