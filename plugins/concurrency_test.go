package plugins_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestConcurrency_slowAnswer: a plugin waiting for a server that never answers, or for a
// slow kv, does not delay other plugins, however many instances and callers it has.
func TestConcurrency_slowAnswer(t *testing.T) {
	for _, instances := range []int{2, 24} {
		asked := make(chan struct{}, 1000)
		silent := roundTripper(func(r *http.Request) (*http.Response, error) {
			asked <- struct{}{}
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		host := openHost(t, plugins.Config{Calls: 4, HTTP: silent})
		slow := newGuest("http_fetch")
		slow.hook("token-claims", slow.call("http_fetch", slow.text("GET https://a.example/"), asm.I32(8192), asm.I32(4096)), asm.Op(asm.Drop), asm.I32(0))
		limits := manifest.Limits{Instances: instances, Deadline: 200 * time.Millisecond}
		waits := hookOf(t, host, slow, limits, "token-claims", plugins.Skip)
		quick := newGuest()
		quick.hook("auth-expire", asm.I32(0))
		answers := hookOf(t, host, quick, manifest.Limits{}, "auth-expire", plugins.Deny)

		var stop atomic.Bool
		var callers sync.WaitGroup
		for range 24 {
			callers.Go(func() {
				for !stop.Load() {
					_ = waits() // it is skipped
				}
			})
		}
		for range instances {
			<-asked
		}
		for n := range 200 {
			if err := answers(); err != nil {
				t.Errorf("%d instances: call %d of the other plugin: %v", instances, n, err)
			}
		}
		stop.Store(true)
		callers.Wait()
	}
}

// hookOf loads a guest and returns a function that calls its hook.
func hookOf(t *testing.T, host *plugins.Host, g *guest, limits manifest.Limits, point, onError string) func() error {
	t.Helper()
	grants := granted(manifest.HTTPGrant{URL: "https://a.example/"})
	p, err := host.Load(context.Background(), plugins.Spec{Name: point, Module: g.Bytes(), Grants: grants, Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	f := bind(t, p, point, onError)
	return func() error {
		_, err := f.Apply(context.Background(), newEvent())
		return err
	}
}

// TestConcurrency_share: calls that are not waiting for others count as running, and one
// plugin may have at most half of them.
func TestConcurrency_share(t *testing.T) {
	g, w, cfg := blocking()
	cfg.Calls = 4
	host := openHost(t, cfg)
	long := hookOf(t, host, g, manifest.Limits{Instances: 8, Wait: time.Minute}, "auth-expire", plugins.Deny)
	quick := newGuest()
	quick.hook("token-claims", asm.I32(0))
	answers := hookOf(t, host, quick, manifest.Limits{}, "token-claims", plugins.Deny)
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(func() {
			if err := long(); err != nil {
				t.Error(err)
			}
		})
	}
	for range 2 {
		<-w.enter
	}
	if err := answers(); err != nil {
		t.Errorf("beside a plugin that has taken its share: %v", err)
	}
	for n := range 8 {
		if n >= 2 {
			<-w.enter
		}
		w.leave <- struct{}{}
	}
	calls.Wait()
	if got := w.most.Load(); got != 2 {
		t.Errorf("%d calls of one plugin at a time, want 2 of 4", got)
	}
}

// TestConcurrency_comeBack: a call that has finished waiting counts as running again, and
// ends as busy if there is no free slot.
func TestConcurrency_comeBack(t *testing.T) {
	g, w, cfg := blocking()
	cfg.Calls = 1
	var classes []string
	cfg.OnFault = func(_ context.Context, f *plugins.Fault) { classes = append(classes, f.Class) }
	answer := make(chan struct{})
	asked := make(chan struct{})
	cfg.HTTP = roundTripper(func(r *http.Request) (*http.Response, error) {
		asked <- struct{}{}
		<-answer
		return &http.Response{StatusCode: 204, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	})
	host := openHost(t, cfg)
	long := hookOf(t, host, g, manifest.Limits{Wait: time.Minute}, "auth-expire", plugins.Deny)
	fetching := newGuest("http_fetch")
	fetching.hook("token-claims", fetching.call("http_fetch", fetching.text("GET https://a.example/"), asm.I32(8192), asm.I32(4096)), asm.Op(asm.Drop), asm.I32(0))
	limits := manifest.Limits{Deadline: 30 * time.Millisecond}
	waits := hookOf(t, host, fetching, limits, "token-claims", plugins.Deny)

	result := make(chan error, 1)
	go func() { result <- waits() }()
	<-asked
	done := make(chan error, 1)
	go func() { done <- long() }()
	<-w.enter // now the maximum number is running
	answer <- struct{}{}
	if err := <-result; err == nil {
		t.Error("the call continued without memory")
	}
	if want := []string{plugins.FaultBusy}; !slices.Equal(classes, want) {
		t.Errorf("classes %v, want %v", classes, want)
	}
	w.leave <- struct{}{}
	if err := <-done; err != nil {
		t.Error(err)
	}
	go func() { <-asked; answer <- struct{}{} }()
	if err := waits(); err != nil {
		t.Errorf("with memory to continue: %v", err)
	}
}
