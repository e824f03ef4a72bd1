package hooks

import (
	"context"
	"errors"
	"fmt"
)

// Judge reports whether the owner of a filter accepts the value that a handler returned:
// nil, or an error, preferably a [*ValueError]. It runs after each handler, and its error
// counts as a failure of the handler. keyed is true for handlers of the keyed view. It must
// not change either value.
type Judge[T any] func(ctx context.Context, before, after *T, keyed bool) error

// ValueError says which field has a value that a point does not accept, and the violated
// rule.
type ValueError struct {
	Key  string
	Rule string // begins with "must"
	Err  error  // a sentinel error, or nil
}

// NotAcceptable returns a [*ValueError]. The rule must begin with "must".
func NotAcceptable(key, rule string, args ...any) error {
	return &ValueError{Key: key, Rule: fmt.Sprintf(rule, args...)}
}

// Error implements error. It does not include the value, which may be secret.
func (e *ValueError) Error() string { return Printable(e.Key) + " " + e.Rule }

// Unwrap returns the sentinel error.
func (e *ValueError) Unwrap() error { return e.Err }

// Printable returns a key unchanged if it is short and consists of printable ASCII without
// blanks, otherwise quoted and cut: a handler may have chosen it.
func Printable(key string) string {
	for i := range len(key) {
		if key[i] <= ' ' || key[i] > '~' || len(key) > 80 {
			return fmt.Sprintf("%.80q", key)
		}
	}
	return key
}

// FailureText returns the message for clients about a failed handler: which handler it was
// and the violated rule, if it set a value that the point does not accept, so that the
// operator can find it; otherwise "". who is its kind and name.
func FailureText(who, point string, err error) string {
	value, ok := errors.AsType[*ValueError](err)
	if !ok {
		return ""
	}
	return fmt.Sprintf("refused: %s failed at %s: %v", who, point, value)
}

// Checker is a [View] whose value can be checked before its handler returns.
type Checker interface {
	Check(ctx context.Context) error
}

// Check reports whether the point accepts the current value, so that a runtime can treat a
// refusal as its own failure. The check is repeated after the handler. It returns nil if
// the view is not a [Checker].
func Check(ctx context.Context, v View) error {
	if c, ok := v.(Checker); ok {
		return c.Check(ctx)
	}
	return nil
}

// valueError adds the key and the rule to an error of a view.
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
