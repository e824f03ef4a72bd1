package hooks

import (
	"context"
	"strconv"
)

// Value is a field of a point's value as other runtimes see it: a string or an integer. Any
// other value is encoded as JSON. The zero value is "".
type Value struct {
	kind valueKind
	text string
	num  int64
}

type valueKind uint8

const (
	kindString valueKind = iota
	kindInt
	kindJSON
)

// String returns a string value.
func String(s string) Value { return Value{kind: kindString, text: s} }

// Int returns an integer value.
func Int(n int64) Value { return Value{kind: kindInt, num: n} }

// Bool returns a boolean value, encoded as JSON.
func Bool(b bool) Value { return JSON(strconv.FormatBool(b)) }

// JSON returns a value given as JSON text, which must be valid.
func JSON(text string) Value { return Value{kind: kindJSON, text: text} }

// Text returns the value as text: integers in decimal, others unchanged.
func (v Value) Text() string {
	if v.kind == kindInt {
		return strconv.FormatInt(v.num, 10)
	}
	return v.text
}

// Int returns the value as an integer; false if it is not one.
func (v Value) Int() (int64, bool) {
	if v.kind == kindInt {
		return v.num, true
	}
	n, err := strconv.ParseInt(v.text, 10, 64)
	return n, err == nil
}

// Bool returns the value as a boolean; ok is false if it is not one.
func (v Value) Bool() (value, ok bool) {
	switch v.Text() {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

// IsString reports whether the value is a string, not an integer or JSON.
func (v Value) IsString() bool { return v.kind == kindString }

// IsJSON reports whether the value is JSON text.
func (v Value) IsJSON() bool { return v.kind == kindJSON }

// View is the keyed view of a point's value, for runtimes that read and write it field by
// field, with names such as "claim.tier", "req.path" or "exp". A View is used by one
// goroutine at a time, and only until its handler returns.
type View interface {
	// Get returns the field, or false if the point does not have it now.
	Get(key string) (Value, bool)
	// Set changes a field, or fails with [ErrReadOnly], [ErrUnknownField] or [ErrBadValue].
	// Whether the point accepts the value is decided by [Check].
	Set(key string, v Value) error
	// Delete removes a field, with the errors of Set.
	Delete(key string) error
	// Keys returns the existing fields whose names begin with prefix.
	Keys(prefix string) []string
}

// Widener is a [View] of a point with a [Guard]. Widens reports whether the guard would
// refuse to set the field to v. It changes nothing.
type Widener interface {
	Widens(ctx context.Context, key string, v Value) bool
}

// Widens calls Widens of a view; it returns false if the view is not a [Widener].
func Widens(ctx context.Context, view View, key string, v Value) bool {
	w, ok := view.(Widener)
	return ok && w.Widens(ctx, key, v)
}

// Saver is a [View] that can undo changes: Save returns a function that restores the
// current value.
type Saver interface{ Save() (restore func()) }

// Save calls Save of a view; it returns nil if the view is not a [Saver].
func Save(v View) (restore func()) {
	if s, ok := v.(Saver); ok {
		return s.Save()
	}
	return nil
}
