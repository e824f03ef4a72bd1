package plugins

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// Bind binds the plugin to a point under its name, until it is closed.
func (p *Plugin) Bind(point hooks.Point, b Binding) error {
	if err := p.bind(point, b); err != nil {
		return fmt.Errorf("bind plugin %s to %s: %w", p.name, point.Name(), err)
	}
	return nil
}

func (p *Plugin) bind(point hooks.Point, b Binding) error {
	a, ok := p.access[point.Name()]
	if !ok {
		return fmt.Errorf("it has hooks for %s only; export %s to add one", strings.Join(p.Points(), ", "), abi.Export(point.Name()))
	}
	onError := cmp.Or(b.OnError, defaultOnError(a.point))
	if onError != Deny && onError != Skip {
		return fmt.Errorf("on_error %q: there are %s and %s", b.OnError, Deny, Skip)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	err := point.BindView(p.name, func(ctx context.Context, view hooks.View) error {
		return p.settle(ctx, a, onError, p.call(ctx, a, view))
	}, hooks.Order(b.Order))
	if err == nil {
		p.bound = append(p.bound, point)
	}
	return err
}

func defaultOnError(p abi.Point) string {
	if p.Filter && !p.Enrich {
		return Deny
	}
	return Skip
}

// call runs the hook on an event. It returns nil, hooks.ErrStop, the guest's
// refusal, or a *Fault.
func (p *Plugin) call(ctx context.Context, a *access, view hooks.View) error {
	i, err := p.pool.get(ctx, p.source.limits.Wait)
	if err != nil {
		return p.fault(a, poolClass(err), err)
	}
	g := i.State.(*guest)
	g.begin(ctx, a, view)
	status, err := i.Call(a.export, p.source.limits.Fuel)
	broken := err != nil
	if err != nil {
		err = p.fault(a, callClass(err), err)
	} else {
		err = p.conclude(g, a, status)
	}
	p.observe(ctx, i, status, err)
	g.end()
	if broken || p.source.spec.Isolation != Reuse {
		p.pool.discard(i)
	} else {
		p.pool.put(i)
	}
	return err
}

// conclude does what the status says.
func (p *Plugin) conclude(g *guest, a *access, status abi.Status) error {
	switch {
	case status == abi.NotApplicable:
		return nil
	case status == abi.Continue || status == abi.Stop:
		if err := g.journal.commit(g.view); err != nil {
			return p.fault(a, FaultCommit, err)
		}
		if status == abi.Stop && a.point.Filter {
			return hooks.ErrStop
		}
		return nil
	case status == abi.Refuse && a.point.Filter:
		return cmp.Or(g.denial, api.E(api.Denied, api.ReasonHook, ""))
	case status == abi.Refuse:
		return p.fault(a, FaultStatus, errors.New("it refuses an event, which has happened already"))
	case status < 0:
		return p.fault(a, FaultReported, fmt.Errorf("status %d: %s", status, cmp.Or(g.failure, "no text from fail()")))
	}
	return p.fault(a, FaultStatus, fmt.Errorf("status %d has no meaning", status))
}

// settle turns an outcome into what the point is told, by the binding's choice.
func (p *Plugin) settle(ctx context.Context, a *access, onError string, err error) error {
	f, ok := err.(*Fault) // made by fault, never wrapped; errors.As would allocate
	if !ok {
		return err
	}
	p.log.WarnContext(ctx, "plugin broke", "point", f.Point, "class", f.Class, "on_error", onError, "err", f.Err)
	p.host.cfg.OnFault(ctx, f)
	switch {
	case onError == Deny:
		return api.Wrap(api.Denied, api.ReasonHookFailed, "", f)
	case a.point.Filter:
		return hooks.ErrSkip
	}
	return nil
}

func (p *Plugin) fault(a *access, class string, err error) *Fault {
	return &Fault{Plugin: p.name, Point: a.point.Name, Class: class, Err: err}
}
