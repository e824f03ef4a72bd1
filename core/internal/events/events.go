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

// Config configures a [Teller]. The limits are those of core.EventConfig.
type Config struct {
	Queue int
	Bytes int64
	Drain time.Duration // 0: 5 s

	Now    func() time.Time
	Logger *slog.Logger
}

// Teller fires events asynchronously, and logs failures of hooks and other parts. It is
// safe for concurrent use. Close it when done.
type Teller struct {
	background *hooks.Background // runs event handlers
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

// Drain waits until the handlers of all events fired so far have finished, or ctx is done.
func (e *Teller) Drain(ctx context.Context) error { return e.background.Drain(ctx) }

// Fire fires an event asynchronously. Errors of handlers are only logged.
func (e *Teller) Fire(ctx context.Context, a *hooks.Action[point.Event], ev point.Event) {
	if a.Len() == 0 {
		return
	}
	ev.At = e.now()
	a.Tell(ctx, e.background, ev, keepEvent)
}

// Close waits for event handlers up to the configured time, and logs how many events were
// dropped.
func (e *Teller) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), e.drain)
	defer cancel()
	if err := e.background.Close(ctx); err != nil {
		e.log.Warn("events dropped at shutdown", "error", err)
	}
}

// keepEvent copies the parts of an event that the request continues to use, without its
// credential, and returns the approximate size of the copy in bytes.
func keepEvent(ev point.Event) (point.Event, int64) {
	const fixed = 1 << 10 // the structs themselves
	id := &ev.Identity
	size := fixed + identitySize(id) + len(ev.Reason) + len(ev.Target) + len(ev.TokenID) + len(ev.Actor) + len(ev.Peer.UserAgent)
	id.Proof.Claims = api.Claims{} // not part of any view
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
	a.Body, a.BodyDigest = nil, nil // of the request, which ends
	size += len(a.Host) + len(a.Method) + len(a.RawTarget) + len(a.Path) + len(a.Query) + len(a.Credential.User)
	ev.Attempt = &a
	return ev, int64(size)
}

// identitySize does not count names from the configuration, which are shared.
func identitySize(id *api.Identity) int {
	p := &id.Proof
	size := len(id.Subject) + len(id.Login) + len(id.Email) + len(id.Display) + len(id.Nicename) + len(id.FirstName) + len(id.LastName) +
		len(id.Client) + len(p.TokenID) + len(p.Session) + len(p.KeyID) + len(p.APIKey) + len(p.Issuer) + len(p.Application) + len(p.LoginDialects)
	return size + textSize(id.Roles) + textSize(id.Scopes)
}

func textSize(list []string) int {
	size := 0
	for _, s := range list {
		size += len(s) + 16
	}
	return size
}
