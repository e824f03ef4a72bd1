package hooks

import (
	"context"
	"errors"
	"fmt"
)

// Judge says whether the owner of a filter accepts what a handler has made of a
// value: nil, or an error, best a [*ValueError]. It is asked after each handler,
// whose failure the error then is. keyed tells a handler of the keyed view from one
// of the whole value. It must not change either value.
type Judge[T any] func(ctx context.Context, before, after *T, keyed bool) error

// ValueError says which field's value a point does not accept, and by which rule.
type ValueError struct {
	Key  string
	Rule string // begins with "must"
	Err  error  // nil, or the sentinel behind it
}

// NotAcceptable returns a [*ValueError]. The rule begins with "must".
func NotAcceptable(key, rule string, args ...any) error {
	return &ValueError{Key: key, Rule: fmt.Sprintf(rule, args...)}
}

// Error implements error. The value itself is not in it: it may be secret.
func (e *ValueError) Error() string { return Printable(e.Key) + " " + e.Rule }

// Unwrap returns the sentinel.
func (e *ValueError) Unwrap() error { return e.Err }

// Printable returns a key as it is if all of it is printable ASCII without blanks,
// and quoted and bounded otherwise: a handler may have chosen it.
func Printable(key string) string {
	for i := range len(key) {
		if key[i] <= ' ' || key[i] > '~' || len(key) > 80 {
			return fmt.Sprintf("%.80q", key)
		}
	}
	return key
}

// FailureText is what clients are told of a handler that failed: which one and why, if
// it has set a value that the point does not accept, so that its operator finds it; ""
// otherwise. who is its kind and name.
func FailureText(who, point string, err error) string {
	value, ok := errors.AsType[*ValueError](err)
	if !ok {
		return ""
	}
	return fmt.Sprintf("refused: %s failed at %s: %v", who, point, value)
}

// Checker is a [View] whose value can be judged before its handler returns.
type Checker interface {
	Check(ctx context.Context) error
}

// Check asks whether the point accepts the value as the handler has left it, so that
// a runtime can treat a value that is not accepted as a failure of its own. It is
// asked in any case after the handler; nil if the view is no [Checker].
func Check(ctx context.Context, v View) error {
	if c, ok := v.(Checker); ok {
		return c.Check(ctx)
	}
	return nil
}

// valueError names the key and the rule of an error of a view.
func valueError(key string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*ValueError](err); ok {
		return err
	}
	rule := "must be a value of the field's type"
	switch {
	case errors.Is(err, ErrReadOnly):
		rule = "must not be changed at this point"
	case errors.Is(err, ErrUnknownField):
		rule = "must be a field of this point"
	}
	return &ValueError{Key: key, Rule: rule, Err: err}
}
