package printable_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/printable"
)

type loud struct{}

func (loud) LogValue() slog.Value { return slog.StringValue(manyWays) }

type broke struct{}

func (broke) Error() string { panic("no text") }

var manyWays = "a\nlevel=ERROR\x1b[31m\u202e" + strings.Repeat("z", 100_000)

// TestLogger: every text in a log line is bounded and printable, in whatever type it is.
func TestLogger(t *testing.T) {
	for name, log := range map[string]func(*slog.Logger){
		"string":      func(l *slog.Logger) { l.Info("m", "k", manyWays) },
		"message":     func(l *slog.Logger) { l.Info(manyWays) },
		"key":         func(l *slog.Logger) { l.Info("m", manyWays, 1) },
		"error":       func(l *slog.Logger) { l.Info("m", "error", fmt.Errorf("it: %w", errors.New(manyWays))) },
		"panic":       func(l *slog.Logger) { l.Info("m", "error", broke{}) },
		"list":        func(l *slog.Logger) { l.Info("m", "k", []string{"a", manyWays}) },
		"struct":      func(l *slog.Logger) { l.Info("m", "k", struct{ A string }{manyWays}) },
		"map":         func(l *slog.Logger) { l.Info("m", "k", map[string]any{"a": manyWays}) },
		"group":       func(l *slog.Logger) { l.Info("m", slog.Group("g", "k", manyWays)) },
		"valuer":      func(l *slog.Logger) { l.Info("m", "k", loud{}) },
		"with":        func(l *slog.Logger) { l.With("k", manyWays).Info("m") },
		"with group":  func(l *slog.Logger) { l.WithGroup("g").With("k", manyWays).Info("m", "k", manyWays) },
		"attrs":       func(l *slog.Logger) { l.LogAttrs(context.Background(), slog.LevelInfo, "m", slog.Any("k", manyWays)) },
		"library":     func(l *slog.Logger) { printable.LimitedLog(l, slog.LevelInfo, "m").Print(manyWays) },
		"long stack":  func(l *slog.Logger) { l.Info("m", "stack", strings.Repeat("z", 100_000)) },
		"bytes":       func(l *slog.Logger) { l.Info("m", "k", []byte(manyWays)) },
		"error's own": func(l *slog.Logger) { l.Info("m", "error", printable.Error(errors.New(manyWays))) },
	} {
		for _, form := range []string{"json", "text"} {
			var out bytes.Buffer
			var h slog.Handler = slog.NewTextHandler(&out, nil)
			if form == "json" {
				h = slog.NewJSONHandler(&out, nil)
			}
			log(printable.Logger(slog.New(h)))
			text := out.String()
			if strings.Count(text, "\n") != 1 || len(text) > 20_000 || strings.ContainsAny(text, "\x1b\u202e") {
				t.Errorf("%s, %s: %d bytes, %d lines: %.200q", name, form, len(text), strings.Count(text, "\n"), text)
			}
		}
	}
}

// TestLogger_plain: values that need no bound are logged unchanged.
func TestLogger_plain(t *testing.T) {
	var out bytes.Buffer
	l := printable.Logger(slog.New(slog.NewJSONHandler(&out, nil)))
	l.With("a", 1).WithGroup("g").Info("m", "b", []int{1}, "c", true, "d", "é", "e", os.ErrNotExist, "n", nil)
	if got := out.String(); !strings.HasSuffix(got, `"msg":"m","a":1,"g":{"b":[1],"c":true,"d":"é","e":"file does not exist","n":null}}`+"\n") {
		t.Error(got)
	}
	if printable.Logger(l) != l || printable.Logger(nil) == nil {
		t.Error("Logger wraps its own logger again, or returns nil for nil")
	}
}

// TestError: the cause of a bounded error can still be unwrapped.
func TestError(t *testing.T) {
	err := printable.Error(fmt.Errorf("%s: %w", manyWays, os.ErrDeadlineExceeded))
	timeout, ok := err.(interface{ Timeout() bool })
	if !errors.Is(err, os.ErrDeadlineExceeded) || !ok || !timeout.Timeout() || len(err.Error()) > printable.MaxLogText+10 || printable.Error(nil) != nil {
		t.Errorf("Error = %.200q, want a short text and the timeout inside", err)
	}
}

// TestLimitedLog: repeated lines of a library are logged as one line with their number.
func TestLimitedLog(t *testing.T) {
	var out bytes.Buffer
	l := printable.LimitedLog(slog.New(slog.NewTextHandler(&out, nil)), slog.LevelWarn, "it broke", "part", "x")
	for range 1000 {
		l.Print("no")
	}
	if n := strings.Count(out.String(), "\n"); n == 0 || n > 3 || !strings.Contains(out.String(), `msg="it broke" part=x error=no not_logged=0`) {
		t.Errorf("%d lines: %.300s", n, out.String())
	}
}

// brokenHandler is a handler whose output is lost.
type brokenHandler struct{ slog.Handler }

func (brokenHandler) Handle(context.Context, slog.Record) error { return io.ErrClosedPipe }

// TestLogger_error: what fails to write a line says so to who writes it, at each depth.
func TestLogger_error(t *testing.T) {
	h := printable.Logger(slog.New(brokenHandler{slog.DiscardHandler})).Handler()
	if err := h.Handle(context.Background(), slog.Record{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}
