package printable

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
)

// The maximum lengths of strings in a log line, in bytes.
const (
	MaxLogText  = 2 << 10
	maxLogStack = 16 << 10 // of the key "stack", which the program itself writes
)

// Logger returns a logger that escapes unprintable characters and cuts strings after
// [MaxLogText] bytes, in messages, strings, errors and the text of other values. If l is
// nil, it discards everything.
func Logger(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.New(slog.DiscardHandler)
	}
	if _, done := l.Handler().(bounded); done {
		return l
	}
	return slog.New(bounded{l.Handler()})
}

// bounded is a handler that limits the strings of the records that it passes on.
type bounded struct{ slog.Handler }

var _ slog.Handler = bounded{}

// Handle implements [slog.Handler].
func (h bounded) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, r.Level, logText(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(boundAttr(a))
		return true
	})
	return h.Handler.Handle(ctx, out)
}

// WithAttrs implements [slog.Handler].
func (h bounded) WithAttrs(attrs []slog.Attr) slog.Handler {
	return bounded{h.Handler.WithAttrs(boundAttrs(attrs))}
}

// WithGroup implements [slog.Handler].
func (h bounded) WithGroup(name string) slog.Handler { return bounded{h.Handler.WithGroup(name)} }

func boundAttrs(in []slog.Attr) []slog.Attr {
	out := make([]slog.Attr, len(in))
	for i, a := range in {
		out[i] = boundAttr(a)
	}
	return out
}

func boundAttr(a slog.Attr) slog.Attr {
	a.Key, a.Value = logText(a.Key), a.Value.Resolve()
	switch a.Value.Kind() {
	case slog.KindString:
		if text := a.Value.String(); a.Key != "stack" {
			a.Value = slog.StringValue(logText(text))
		} else if len(text) > maxLogStack {
			a.Value = slog.StringValue(text[:maxLogStack] + "...")
		}
	case slog.KindGroup:
		a.Value = slog.GroupValue(boundAttrs(a.Value.Group())...)
	case slog.KindAny:
		a.Value = boundAny(a.Value)
	}
	return a
}

// boundAny returns v unchanged if its text is within the limit.
func boundAny(v slog.Value) slog.Value {
	text, ok := textOf(v.Any())
	if bound := logText(text); !ok || bound != text {
		return slog.StringValue(bound)
	}
	return v
}

// textOf returns the text of a value. ok is false if formatting it panics.
func textOf(v any) (text string, ok bool) {
	defer func() {
		if r := recover(); r != nil {
			text, ok = fmt.Sprintf("a %T that cannot be formatted", v), false
		}
	}()
	if err, is := v.(error); is {
		return err.Error(), true
	}
	return fmt.Sprint(v), true
}

func logText(s string) string { return Escape(s, MaxLogText) }

// Error returns an error whose text is limited as by [Logger], for errors with text from
// another server. [errors.Is] and [errors.As] find what it wraps; nil stays nil.
func Error(err error) error {
	if err == nil {
		return nil
	}
	return foreign{err}
}

type foreign struct{ err error }

// Error implements error.
func (e foreign) Error() string { return logText(e.err.Error()) }

// Unwrap returns the cause.
func (e foreign) Unwrap() error { return e.err }

// Timeout reports whether the cause is a timeout.
func (e foreign) Timeout() bool {
	var timeout interface{ Timeout() bool }
	return errors.As(e.err, &timeout) && timeout.Timeout()
}
