package expr

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/catalogue"
)

// The values of [Options.OnError].
const (
	Deny = "deny"
	Skip = "skip"
)

// Options says how an expression is bound. The zero value works.
type Options struct {
	// Order is the place among the point's handlers: lower first, ties by id.
	Order int
	// OnError is what happens when the expression breaks: [Deny] refuses the
	// operation, [Skip] goes on with the value unchanged, "" is Deny at points
	// that decide and Skip at points that enrich. A refusal is no breaking.
	OnError string
	// Allow are rights that the expression has besides: "roles.widen" lets it add
	// roles and scopes, where it can only drop some without.
	Allow []string
	// Now is the clock of now(); nil is time.Now.
	Now func() time.Time
	// OnFault is told of every call that broke, on the caller's goroutine; nil
	// ignores it.
	OnFault func(ctx context.Context, id string, err error)
}

// Bind binds an expression to a filter. Its value is the answer:
//
//	nil             not applicable: nothing happens
//	a map           sets the point's keys; at points with a family of keys the
//	                names are the family's ({tier: "gold"} is claim.tier), and nil
//	                deletes one; names of headers are texts in quotes, so that they
//	                are known beforehand and protected from clients
//	false           refuses, at points that decide; true lets pass
//	anything else   the point's one key: lifetime, nbf, iss, alg, public or end
//
// Beside the language's operators there are deny("text"), which refuses with a
// text for the client, and now(), in seconds. A text that is absent reads as "",
// a number as 0, a list as empty, a member of a family as nil.
//
// The error of an expression that cannot work here has its line and column.
func Bind(point hooks.Point, id, source string, o Options) error {
	p, err := compile(point, source)
	if err == nil {
		err = o.check()
	}
	if err != nil {
		return fmt.Errorf("expression %s at %s: %w", id, point.Name(), err)
	}
	o = o.withDefaults()
	p.widen = slices.Contains(o.Allow, abi.AllowRoles)
	point.Declare(p.headers...)
	skip := o.OnError == Skip || o.OnError == "" && p.point.Enrich
	return point.BindView(id, func(ctx context.Context, view hooks.View) error {
		err := p.apply(ctx, view, o.Now())
		if err == nil {
			return nil
		}
		var refusal *api.Error
		if errors.As(err, &refusal) {
			return refusal
		}
		o.OnFault(ctx, id, err)
		if skip {
			return hooks.ErrSkip
		}
		return api.Wrap(api.Denied, api.ReasonHookFailed, hooks.FailureText("hook "+id, point.Name(), err), err)
	}, hooks.Order(o.Order), hooks.Narrow(func() bool { return p.widen }))
}

// Check is what Bind finds out before it binds.
func Check(point hooks.Point, source string) error {
	_, err := compile(point, source)
	return err
}

func (o Options) check() error {
	if o.OnError != "" && o.OnError != Deny && o.OnError != Skip {
		return fmt.Errorf("on_error %q: there are %s and %s", o.OnError, Deny, Skip)
	}
	for _, right := range o.Allow {
		if right != abi.AllowRoles {
			return fmt.Errorf("allow %q: there is %s", right, abi.AllowRoles)
		}
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.OnFault == nil {
		o.OnFault = func(context.Context, string, error) {}
	}
	return o
}

// lookup finds what the point has, and refuses points where an expression could
// do nothing.
func lookup(point hooks.Point) (abi.Point, error) {
	p, ok := abi.Lookup(point.Name())
	if !ok {
		p = catalogue.Describe(point) // a program's own
	}
	if len(p.Keys) == 0 {
		return p, fmt.Errorf("the point %s has no keys to speak of", point.Name())
	}
	if !p.Filter {
		return p, errors.New("nothing can be changed or refused at an event: bind a plugin, which can log it")
	}
	return p, nil
}
