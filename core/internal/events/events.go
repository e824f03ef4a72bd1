package events

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks"
)

// Config says what a [Teller] is made of. The bounds are those of core.EventConfig.
type Config struct {
	Queue int
	Bytes int64
	Drain time.Duration // 0: 5 s

	Now    func() time.Time
	Logger *slog.Logger
}

// Teller tells actions of events behind the caller, and logs what hooks and other parts
// broke. It is safe for concurrent use. Close it when done.
type Teller struct {
	background *hooks.Background // where handlers of events run
	drain      time.Duration     // how long Close waits for them
	faults     faultLog
	hookFaults api.LogLimit

	now func() time.Time
	log *slog.Logger
}

// New returns a Teller.
func New(c Config) *Teller {
	e := &Teller{drain: c.Drain, now: c.Now, log: c.Logger}
	if e.drain <= 0 {
		e.drain = 5 * time.Second
	}
	e.background = hooks.NewBackground(hooks.BackgroundConfig{Events: c.Queue, Bytes: c.Bytes, OnError: func(ctx context.Context, err error) {
		e.LogHook(ctx, "hook failed at an event", err)
	}})
	return e
}

// Drain waits until the handlers of all events that were told so far are done, or ctx
// ends.
func (e *Teller) Drain(ctx context.Context) error { return e.background.Drain(ctx) }

// Fire tells an action, behind the caller: whoever asks for something does not wait
// for those who are only told. Handlers' errors are logged and go no further.
func (e *Teller) Fire(ctx context.Context, a *hooks.Action[point.Event], ev point.Event) {
	if a.Len() == 0 {
		return
	}
	ev.At = e.now()
	a.Tell(ctx, e.background, ev, keepEvent)
}

// Close gives the handlers of events the time that they are allowed. What is lost
// is logged and counted: the rest is closed as usual.
func (e *Teller) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), e.drain)
	defer cancel()
	if err := e.background.Close(ctx); err != nil {
		e.log.Warn("events were dropped at the end", "error", err)
	}
}

// keepEvent copies what the request goes on using, without its credential, and counts
// about how many bytes the copy takes.
func keepEvent(ev point.Event) (point.Event, int64) {
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
