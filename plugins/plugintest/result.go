package plugintest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// Result is the result of running a vector.
type Result struct {
	Vector    Vector
	Status    string // as in [Want]; "" if the plugin did not load
	Journal   Fields // the changes that were kept, null for a deletion
	Refusal   *Refusal
	Fault     string
	Error     string
	LoadError string
	Log       []string
	KV        map[string]*string // the keys of Want.KV, null for absent ones
	Metrics   map[string]int64
	Requests  []string
	Fuel      int64
	HostCalls int
	Time      time.Duration // of the call; unlike fuel it depends on the machine

	// Problems lists the differences from the expectation, one line each. Empty means
	// passed.
	Problems []string

	unanswered []string // requests without an exchange in the vector
}

// OK reports whether the vector passed.
func (r Result) OK() bool { return len(r.Problems) == 0 }

// Actual returns the result as an expectation, with twice the fuel as limit: `cardea
// plugin test --update` writes it.
func (r Result) Actual() Want {
	if r.LoadError != "" {
		return Want{LoadError: r.LoadError}
	}
	return Want{
		Status: r.Status, Journal: r.Journal, Refusal: r.Refusal, Fault: r.Fault, Error: r.Error,
		Log: r.Log, KV: r.KV, Metrics: r.Metrics, Requests: r.Requests, MaxFuel: 2 * r.Fuel,
	}
}

func (r *Result) takeCall(c plugins.Call) {
	r.Fuel, r.HostCalls, r.Status = c.Fuel, c.HostCalls, statusName(c.Status)
	var refusal *api.Error
	if errors.As(c.Err, &refusal) && c.Status == abi.Refuse {
		r.Refusal = &Refusal{Code: string(refusal.Code), Public: refusal.Public}
	}
	if r.Status == Continue || r.Status == Stop {
		r.Journal = journal(c.Changes)
	}
}

func statusName(s abi.Status) string {
	names := map[abi.Status]string{abi.Continue: Continue, abi.Stop: Stop, abi.Refuse: Refuse, abi.NotApplicable: NotApplicable}
	if name, ok := names[s]; ok {
		return name
	}
	return Fault
}

// journal keeps the last change of each key.
func journal(changes []plugins.Change) Fields {
	if len(changes) == 0 {
		return nil
	}
	f := Fields{}
	for _, c := range changes {
		f[c.Key] = raw(c.Value)
		if c.Deleted {
			f[c.Key] = json.RawMessage("null")
		}
	}
	return f
}

// judged compares the result with the expectation.
func (r Result) judged() Result {
	w := r.Vector.Want
	if r.LoadError != "" || w.LoadError != "" {
		r.judgeLoad()
		return r
	}
	if r.Status != w.Status {
		r.problem("status is %s, want %s", r.explained(), w.Status)
	}
	if !sameFields(r.Journal, w.Journal) {
		r.problem("changes are %s, want %s", r.Journal.text(), w.Journal.text())
	}
	r.judgeRefusal()
	if w.Fault != "" && r.Fault != w.Fault {
		r.problem("fault is %q, want %q", r.Fault, w.Fault)
	}
	if !strings.Contains(r.Error, w.Error) {
		r.problem("the fault says %q, want %q in it", r.Error, w.Error)
	}
	if w.Log != nil && !slices.Equal(r.Log, w.Log) {
		r.problem("the log has %q, want %q", r.Log, w.Log)
	}
	r.judgeOutside()
	if w.MaxFuel > 0 && r.Fuel > w.MaxFuel {
		r.problem("it burned %d units of fuel, want at most %d", r.Fuel, w.MaxFuel)
	}
	return r
}

func (r *Result) judgeLoad() {
	want := r.Vector.Want.LoadError
	switch {
	case want == "":
		r.problem("it does not load: %s", r.LoadError)
	case r.LoadError == "":
		r.problem("it loads, want an error with %q in it", want)
	case !strings.Contains(r.LoadError, want):
		r.problem("it does not load: %s; want %q in that", r.LoadError, want)
	}
}

// judgeOutside compares requests, metrics and kv entries.
func (r *Result) judgeOutside() {
	w := r.Vector.Want
	for _, request := range r.unanswered {
		r.problem("it requests %q, and the vector has no answer for that: add it to http", request)
	}
	if w.Requests != nil && !slices.Equal(r.Requests, w.Requests) {
		r.problem("it requests %q, want %q", r.Requests, w.Requests)
	}
	if w.Metrics != nil && !maps.Equal(r.Metrics, w.Metrics) {
		r.problem("it counts %v, want %v", r.Metrics, w.Metrics)
	}
	for _, key := range slices.Sorted(maps.Keys(w.KV)) {
		if got, want := kept(r.KV[key]), kept(w.KV[key]); got != want {
			r.problem("under %q it keeps %s, want %s", key, got, want)
		}
	}
}

func kept(text *string) string {
	if text == nil {
		return "nothing"
	}
	return strconv.Quote(*text)
}

func (r *Result) judgeRefusal() {
	w := r.Vector.Want.Refusal
	if w == nil || r.Refusal == nil {
		return
	}
	if w.Code != "" && r.Refusal.Code != w.Code {
		r.problem("it refuses with the code %s, want %s", r.Refusal.Code, w.Code)
	}
	if w.Public != "" && r.Refusal.Public != w.Public {
		r.problem("it refuses with %q, want %q", r.Refusal.Public, w.Public)
	}
}

// explained returns the status with its details.
func (r *Result) explained() string {
	switch {
	case r.Status == Fault:
		return fmt.Sprintf("fault (%s: %s)", r.Fault, r.Error)
	case r.Refusal != nil:
		return fmt.Sprintf("refuse (%s: %q)", r.Refusal.Code, r.Refusal.Public)
	}
	return r.Status
}

func (r *Result) problem(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

func sameFields(a, b Fields) bool {
	if len(a) != len(b) {
		return false
	}
	for key, text := range a {
		if other, ok := b[key]; !ok || !sameJSON(text, other) {
			return false
		}
	}
	return true
}
