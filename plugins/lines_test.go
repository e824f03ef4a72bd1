package plugins_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestLog_rate: each plugin may log a number of lines per second; the number of dropped
// lines is logged.
func TestLog_rate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		host, err := plugins.Open(context.Background(), plugins.Config{InProcess: true, Logger: logTo(&out)})
		if err != nil {
			t.Fatal(err)
		}
		speak := map[string]func() int{} // makes a call and returns the number of its lines so far
		for _, name := range []string{"loud", "other"} {
			g := newGuest()
			say := g.call("log", asm.I32(1), g.text("words of "+name))
			g.hook("auth-expire", say, say, asm.I32(0))
			p, err := host.Load(context.Background(), plugins.Spec{Name: name, Module: g.Bytes(), Limits: manifest.Limits{LogLines: 5, Instances: 1}})
			if err != nil {
				t.Fatal(err)
			}
			point := bind(t, p, "auth-expire", plugins.Deny)
			speak[name] = func() int {
				if _, err := point.Apply(context.Background(), newEvent()); err != nil {
					t.Error(err)
				}
				return strings.Count(out.String(), "words of "+name)
			}
		}
		for call, want := range []int{2, 4, 5, 5, 5} {
			if got := speak["loud"](); got != want {
				t.Errorf("call %d: %d lines, want %d", call, got, want)
			}
		}
		if got := speak["other"](); got != 2 {
			t.Errorf("the other plugin: %d lines, want 2", got)
		}
		if strings.Contains(out.String(), "dropped") {
			t.Error("dropped lines are reported before a line can be written")
		}
		time.Sleep(time.Second)
		if got := speak["loud"](); got != 7 || strings.Count(out.String(), "5 lines dropped") != 1 {
			t.Errorf("a second later: %d lines, want 7 and a word of 5 that were dropped, in\n%s", got, &out)
		}
		for range 3 {
			speak["loud"]()
		}
		if err := host.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if strings.Count(out.String(), "3 lines dropped") != 1 {
			t.Errorf("closed: want a word of 3 that were dropped, in\n%s", &out)
		}
	})
}

// TestLog_rateOfEnabled: lines below the log's level do not count.
func TestLog_rateOfEnabled(t *testing.T) {
	var out strings.Builder
	g := newGuest()
	g.hook("auth-expire", asm.Repeat(20, g.call("log", asm.I32(0), g.text("fine"))), g.call("log", asm.I32(3), g.text("coarse")), asm.I32(0))
	logger := slog.New(slog.NewTextHandler(&out, nil))
	p := load(t, plugins.Config{Logger: logger}, plugins.Spec{Module: g.Bytes(), Limits: manifest.Limits{LogLines: 1}})
	if _, err := bind(t, p, "auth-expire", plugins.Deny).Apply(context.Background(), newEvent()); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, "coarse") || strings.Contains(got, "fine") {
		t.Errorf("the log is\n%s", got)
	}
}

// TestLog_rateAtOnce: the rate applies to all calls that run at the same time.
func TestLog_rateAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		g := newGuest()
		g.hook("auth-expire", g.call("log", asm.I32(1), g.text("words")), asm.I32(0))
		host, err := plugins.Open(context.Background(), plugins.Config{InProcess: true, Logger: logTo(&out)})
		if err != nil {
			t.Fatal(err)
		}
		p, err := host.Load(context.Background(), plugins.Spec{Name: "loud", Module: g.Bytes(), Limits: manifest.Limits{LogLines: 7}})
		if err != nil {
			t.Fatal(err)
		}
		point := bind(t, p, "auth-expire", plugins.Skip)
		var calls sync.WaitGroup
		for range 20 {
			calls.Go(func() { _, _ = point.Apply(context.Background(), newEvent()) })
		}
		calls.Wait()
		if err := host.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(out.String(), "words"); lines != 7 || !strings.Contains(out.String(), "13 lines dropped") {
			t.Errorf("%d lines, want 7, in\n%s", lines, &out)
		}
	})
}
