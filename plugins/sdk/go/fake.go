//go:build !wasip1

package hook

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/plugins/abi"
)

// Fake stands in for Cardea in an author's native tests: fill in the event, Run
// a hook, and look at what it did. It grants everything and knows no key's type;
// `cardea plugin test` checks those. The zero value is an empty event.
type Fake struct {
	// Fields is the event: keys and their values as text.
	Fields map[string]string
	// Config is the configuration.
	Config map[string]string
	// Refused holds keys that answer [ErrNotGranted] when written.
	Refused []string
	// Now is the clock in milliseconds.
	Now int64
	// Secrets are the secrets by name.
	Secrets map[string]string
	// KV is what the plugin keeps; Run changes it. Nothing expires.
	KV map[string]string
	// HTTP answers what the hook fetches; nil answers [ErrUnavailable].
	HTTP func(Request) (Response, error)
	// Seed is what Random's bytes are made of.
	Seed int64
}

// Outcome is what a hook did.
type Outcome struct {
	Status  Status
	Refusal Refusal           // with status [abi.Refuse]
	Public  string            // with status [abi.Refuse]: what the client reads
	Failure string            // with a status below zero: what the log reads
	Fields  map[string]string // the event afterwards: unchanged unless the status keeps the changes
	Log     []string
	Counts  map[string]int64 // what Count has added up, by name
}

// Configure calls what the plugin has given to [OnConfigure].
func (f *Fake) Configure() error {
	if setup == nil {
		return nil
	}
	return setup(Config{&call{fake: f}})
}

// Run calls a hook with the event.
func (f *Fake) Run(fn func(*Event) Status) Outcome {
	h := &call{fake: f, fields: maps.Clone(f.Fields)}
	if h.fields == nil {
		h.fields = map[string]string{}
	}
	h.out.Status = fn(&Event{h})
	h.out.Fields = h.fields
	if h.out.Status != abi.Continue && h.out.Status != abi.Stop {
		h.out.Fields = maps.Clone(f.Fields)
	}
	return h.out
}

// Run is the body of every exported hook. A native build never calls it.
func Run(func(*Event) Status) int32 {
	panic("hook.Run outside WASM: use hook.Fake in tests")
}

// host is the fake's side of one call.
type host = *call

type call struct {
	fake   *Fake
	fields map[string]string
	out    Outcome
}

func (c *call) get(key string) (string, bool) {
	text, ok := c.fields[key]
	return text, ok
}

func (c *call) config(key string) (string, bool) {
	text, ok := c.fake.Config[key]
	return text, ok
}

func (c *call) getInt(key string, result *abi.Result) int64 {
	text, ok := c.fields[key]
	if !ok {
		*result = abi.Absent
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		*result = abi.BadArgument
		return 0
	}
	*result = abi.OK
	return n
}

func (c *call) set(key, text string) abi.Result {
	if slices.Contains(c.fake.Refused, key) {
		return abi.NotGranted
	}
	c.fields[key] = text
	return abi.OK
}

func (c *call) setInt(key string, n int64) abi.Result {
	return c.set(key, strconv.FormatInt(n, 10))
}

func (c *call) setJSON(key, json string) abi.Result { return c.set(key, json) }

func (c *call) del(key string) abi.Result {
	if slices.Contains(c.fake.Refused, key) {
		return abi.NotGranted
	}
	delete(c.fields, key)
	return abi.OK
}

func (c *call) keys(prefix string) (string, bool) {
	var all strings.Builder
	for _, key := range slices.Sorted(maps.Keys(c.fields)) {
		if strings.HasPrefix(key, prefix) {
			all.WriteString(key + "\x00")
		}
	}
	return all.String(), true
}

func (c *call) deny(kind abi.Refusal, text string) { c.out.Refusal, c.out.Public = kind, text }
func (c *call) fail(text string)                   { c.out.Failure = text }
func (c *call) log(_ abi.Level, text string)       { c.out.Log = append(c.out.Log, text) }
func (c *call) logEnabled(abi.Level) bool          { return true }
func (c *call) nowMS() int64                       { return c.fake.Now }
