package printable

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
)

// The longest texts of a line in a log, in bytes.
const (
	MaxLogText  = 2 << 10
	maxLogStack = 16 << 10 // of the key "stack", which is the program's own
)

// Logger returns a logger in whose lines no text is longer than [MaxLogText] or more
// than one line of characters that print, whoever wrote it: the message, strings,
// errors, and the texts of other values. Nil: what it returns discards.
func Logger(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.New(slog.DiscardHandler)
	}
	if _, done := l.Handler().(bounded); done {
		return l
	}
	return slog.New(bounded{l.Handler()})
}

// bounded is a handler that bounds the texts of what it passes on.
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

// boundAny leaves a value as it is whose text needs no bound.
func boundAny(v slog.Value) slog.Value {
	text, ok := textOf(v.Any())
	if bound := logText(text); !ok || bound != text {
		return slog.StringValue(bound)
	}
	return v
}

// textOf is the text of a value; false where making it panics.
func textOf(v any) (text string, ok bool) {
	defer func() {
		if r := recover(); r != nil {
			text, ok = fmt.Sprintf("a %T, of which there is no text", v), false
		}
	}()
	if err, is := v.(error); is {
		return err.Error(), true
	}
	return fmt.Sprint(v), true
}

func logText(s string) string { return Escape(s, MaxLogText) }

// Error returns err with a text like those of [Logger], for errors that hold what
// another server wrote. [errors.Is] and [errors.As] find what it wraps; nil stays nil.
func Error(err error) error {
	if err == nil {
		return nil
	}
	return foreign{err}
}

type foreign struct{ err error }

// Error implements error.
func (e foreign) Error() string { return logText(e.err.Error()) }

// Unwrap lets [errors.Is] and [errors.As] see the cause.
func (e foreign) Unwrap() error { return e.err }

// Timeout reports whether the cause is that something took too long.
func (e foreign) Timeout() bool {
	var timeout interface{ Timeout() bool }
	return errors.As(e.err, &timeout) && timeout.Timeout()
}
