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

// Options are options for binding an expression. The zero value works.
type Options struct {
	// Order is the position among the point's handlers: lower first, ties by id.
	Order int
	// OnError says what happens when the expression fails: [Deny] refuses the operation,
	// [Skip] continues with the value unchanged. "" is Deny at points that decide and Skip
	// at points that enrich. A refusal is not a failure.
	OnError string
	// Allow lists additional rights: with "roles.widen" the expression may add roles and
	// scopes; without it, it can only remove some.
	Allow []string
	// Now is the clock of now(); nil is time.Now.
	Now func() time.Time
	// OnFault is called for every failed call, on the caller's goroutine; nil ignores it.
	OnFault func(ctx context.Context, id string, err error)
}

// Bind binds an expression to a filter. Its value is the answer:
//
//	nil             not applicable: nothing happens
//	a map           sets the point's keys; at points with a family of keys the
//	                names are the family's ({tier: "gold"} is claim.tier), and nil
//	                deletes one; header names must be string literals, so that they
//	                are known in advance and protected from clients
//	false           refuses, at points that decide; true allows
//	anything else   the point's one key: lifetime, nbf, iss, alg, public or end
//
// In addition to the operators of the language there are deny("text"), which refuses with a
// message for the client, now(), in seconds, and those functions of the language whose
// cost is bounded by their arguments, such as len, lower, filter and hasPrefix (the list
// is in bounds.go). A missing string reads as "", a number as 0, a list as empty, a member
// of a family as nil.
//
// The error for an expression that cannot work here has its line and column.
func Bind(point hooks.Point, id, source string, o Options) error {
	p, err := compile(point, source)
	if err == nil {
		err = o.check()
	}
	if err != nil {
		return fmt.Errorf("expression %s at %s: %w", id, point.Name(), err)
	}
	o = o.withDefaults()
	p.name = "expression " + id // no plugin's name has a space
	p.widen = slices.Contains(o.Allow, abi.AllowRoles)
	point.Declare(p.headers...)
	skip := o.OnError == Skip || o.OnError == "" && p.point.Enrich
	return point.BindView(id, func(ctx context.Context, view hooks.View) error {
		err := p.bounded(ctx, view, o.Now())
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

// Check makes the checks of Bind without binding.
func Check(point hooks.Point, source string) error {
	_, err := compile(point, source)
	return err
}

func (o Options) check() error {
	if o.OnError != "" && o.OnError != Deny && o.OnError != Skip {
		return fmt.Errorf("on_error is %q, must be %s or %s", o.OnError, Deny, Skip)
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

// lookup returns the description of a point, and refuses points at which an expression
// would have no effect.
func lookup(point hooks.Point) (abi.Point, error) {
	p, ok := abi.Lookup(point.Name())
	if !ok {
		p = catalogue.Describe(point) // a program's own
	}
	if len(p.Keys) == 0 {
		return p, fmt.Errorf("the point %s has no keys for expressions", point.Name())
	}
	if !p.Filter {
		return p, errors.New("an expression cannot change or refuse an event: bind a plugin, which can log it")
	}
	return p, nil
}
