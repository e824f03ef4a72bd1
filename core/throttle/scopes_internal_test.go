package throttle

import (
	"net/netip"
	"testing"
	"time"
)

// hand is a clock that stands still.
type hand struct{ at time.Time }

func (h *hand) now() time.Time { return h.at }

// TestConfig_defaults: every zero gets its documented default, and other values are kept.
func TestConfig_defaults(t *testing.T) {
	s, m := time.Second, time.Minute
	want := Config{
		Pair: Scope{10, s, 15 * m, 15 * m}, Source: Scope{20, s, m, 30 * s}, User: Scope{10, s, 5 * s, m}, Global: Scope{1000, s, 2 * s, 100 * time.Millisecond},
		Slash56: Scope{40, s, 30 * s, 15 * s}, Slash48: Scope{100, s, 10 * s, 5 * s}, Slash24: Scope{200, s, s, s}, Account: Scope{50, s, m, m},
		Known: 30 * 24 * time.Hour, Entries: 65536, Patience: 3 * s,
	}
	got := Config{}.withDefaults()
	if got.Now == nil {
		t.Error("no clock")
	}
	if got.Now = nil; !equalConfigs(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	one := Scope{1, 2, 3, 4}
	own := Config{one, one, one, one, one, one, one, one, 5, 6, 7, nil}
	got = own.withDefaults()
	if got.Now = nil; !equalConfigs(got, own) {
		t.Errorf("got %+v, want %+v", got, own)
	}
}

func equalConfigs(a, b Config) bool {
	return a.Pair == b.Pair && a.Source == b.Source && a.User == b.User && a.Global == b.Global && a.Slash56 == b.Slash56 && a.Slash48 == b.Slash48 &&
		a.Slash24 == b.Slash24 && a.Account == b.Account && a.Known == b.Known && a.Entries == b.Entries && a.Patience == b.Patience
}

// TestScopes_alone: each scope delays by itself, with the others disabled, after its second
// failure and until that has expired.
func TestScopes_alone(t *testing.T) {
	const far = never / 2
	off := Scope{Free: far, First: time.Hour, Max: time.Hour, Drain: time.Hour}
	on := Scope{Free: 1, First: time.Minute, Max: time.Minute, Drain: time.Hour}
	at := netip.MustParseAddr
	for name, tc := range map[string]struct {
		set          func(*Config)
		user         string
		guessed, try netip.Addr
		same         bool // whether the guesser makes the attempt
	}{
		"pair":      {func(c *Config) { c.Pair = on }, "alice", at("192.0.2.1"), at("192.0.2.1"), true},
		"source":    {func(c *Config) { c.Source = on }, "bob", at("192.0.2.1"), at("192.0.2.1"), false},
		"an IPv6":   {func(c *Config) { c.Source = on }, "bob", at("2001:db8::1"), at("2001:db8::2"), false},
		"a /56":     {func(c *Config) { c.Slash56 = on }, "bob", at("2001:db8::1"), at("2001:db8:0:ff::1"), false},
		"a /48":     {func(c *Config) { c.Slash48 = on }, "bob", at("2001:db8::1"), at("2001:db8:0:ffff::1"), false},
		"a /24":     {func(c *Config) { c.Slash24 = on }, "bob", at("192.0.2.1"), at("192.0.2.255"), false},
		"nobody":    {func(c *Config) { c.Source, c.User = on, on }, "bob", netip.Addr{}, netip.Addr{}, false},
		"the user":  {func(c *Config) { c.User = on }, "alice", at("192.0.2.1"), at("198.51.100.1"), false},
		"the users": {func(c *Config) { c.Account = on }, "alice", at("192.0.2.1"), at("198.51.100.1"), false},
		"all":       {func(c *Config) { c.Global = on }, "bob", at("192.0.2.1"), at("198.51.100.1"), false},
	} {
		h := &hand{time.Unix(1e9, 0)}
		c := Config{off, off, off, off, off, off, off, off, 0, 0, 0, h.now}
		tc.set(&c)
		l := New(c)
		for range 2 {
			if wait, ok := l.Allow("alice", tc.guessed); !ok {
				t.Fatalf("%s: the guesser waits %v", name, wait)
			}
			l.Failed("alice", tc.guessed)
		}
		if got := l.Wait(tc.user, tc.try); got != time.Minute {
			t.Errorf("%s: wait %v, want a minute", name, got)
		}
		if wait, ok := l.Allow(tc.user, tc.try); ok || wait != time.Minute {
			t.Errorf("%s: got %v, %v, want a minute", name, wait, ok)
		}
		h.at = h.at.Add(time.Minute)
		if wait, ok := l.Allow(tc.user, tc.try); !ok {
			t.Errorf("%s: after a minute still %v", name, wait)
		}
	}
}
