package plugins

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/sandbox"
)

// namedPoint is a point with a name and a kind only.
type namedPoint struct {
	hooks.Point
	name   string
	filter bool
}

func (p namedPoint) Name() string { return p.name }

func (p namedPoint) IsFilter() bool { return p.filter }

// TestBinding tests the default on_error of each point.
func TestBinding(t *testing.T) {
	of := &versions{}
	for _, point := range abi.Points() {
		b, err := newBinding("p", of, namedPoint{name: point.Name, filter: point.Filter}, Binding{}, nil)
		want := Skip
		if point.Filter && !point.Enrich {
			want = Deny
		}
		if err != nil || b.onError != want || b.id != "p" || b.hook.Shadow || b.hook.Entry.Name != point.Name {
			t.Errorf("%s: got %+v, %v, want %s", point.Name, b, err, want)
		}
		for _, on := range []string{Deny, Skip, LastGood} {
			if b, err := newBinding("p", of, namedPoint{name: point.Name}, Binding{OnError: on, Shadow: true}, nil); err != nil || b.onError != on || b.id != "p-shadow" || !b.hook.Shadow {
				t.Errorf("%s, on_error %s: got %+v, %v", point.Name, on, b, err)
			}
		}
	}
	for point, want := range map[string]string{"token-claim": `no such hook point; is "token-claims" meant?`, "zzzzzz": "no such hook point"} {
		if _, err := newBinding("p", of, namedPoint{name: point}, Binding{}, nil); err == nil || err.Error() != want {
			t.Errorf("%s: newBinding: got %v, want error %q", point, err, want)
		}
	}
	if _, err := newBinding("p", of, namedPoint{name: "token-claims"}, Binding{OnError: "x"}, nil); err == nil || !strings.Contains(err.Error(), `on_error is "x", must be deny, skip or last_good`) {
		t.Errorf("newBinding: got %v, want an error with %q", err, `on_error is "x", must be deny, skip or last_good`)
	}
	for filter, want := range map[bool]error{true: hooks.ErrSkip, false: nil} {
		if err := (&sandbox.Hook{Point: namedPoint{filter: filter}}).Skip(); err != want {
			t.Errorf("skips with %v", err)
		}
	}
}

// TestBinding_report: a failure is logged once a second per class, with attributes.
func TestBinding_report(t *testing.T) {
	var log bytes.Buffer
	var told []string
	v := &version{name: "p", log: slog.New(slog.NewTextHandler(&log, nil))}
	b := &binding{hook: &sandbox.Hook{Point: namedPoint{name: "token-claims"}}, onError: Deny, onFault: func(_ context.Context, f *Fault) { told = append(told, f.Class) }}
	fault := func(class string, err error) *Fault {
		return &Fault{Plugin: "p", Point: "token-claims", Class: class, Err: err}
	}
	for _, class := range []string{FaultTrap, FaultTrap, FaultFuel} {
		b.report(t.Context(), v, fault(class, errors.New("why")))
	}
	if got := log.String(); strings.Count(got, "plugin failed") > 3 || !strings.Contains(got, "point=token-claims class=trap on_error=deny error=why") || !strings.Contains(got, "class=fuel") || !strings.Contains(got, "not_logged=0") {
		t.Errorf("logged:\n%s", got)
	}
	if !slices.Equal(told, []string{FaultTrap, FaultTrap, FaultFuel}) {
		t.Errorf("got %v, want %v", told, []string{FaultTrap, FaultTrap, FaultFuel})
	}
	log.Reset()
	b.log(t.Context(), v, fault(FaultCommit, &hooks.ValueError{Key: "lifetime", Rule: "too long"}), 7)
	if got := log.String(); !strings.Contains(got, "key=lifetime") || !strings.Contains(got, `rule="too long"`) || !strings.Contains(got, "not_logged=7") {
		t.Errorf("logged:\n%s", got)
	}
	if err := refused(fault(FaultTrap, errors.New("why"))); api.CodeOf(err) != api.Denied || api.ReasonOf(err) != api.ReasonHookFailed || !strings.Contains(err.Error(), "trap: why") {
		t.Errorf("refused: got %v, want code %s, reason %q and an error with %q", err, api.Denied, api.ReasonHookFailed, "trap: why")
	}
}
