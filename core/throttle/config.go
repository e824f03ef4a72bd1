package throttle

import (
	"cmp"
	"math"
	"net/netip"
	"time"
)

// Config configures a [Limiter]; the zero value is usable.
type Config struct {
	Pair   Scope // one user from one source; default {10, 1s, 15m, 15m}
	Source Scope // one source, any user; default {20, 1s, 1m, 30s}
	User   Scope // one user from all sources, each of which waits separately; default {10, 1s, 5s, 1m}
	Global Scope // all attempts; default {1000, 1s, 2s, 100ms}

	// One customer can rent a network with many sources. The sources of such a network
	// share its delay: one attempt per delay. Many customers of a carrier share an IPv4
	// /24, so its delay is short.
	Slash56 Scope // one IPv6 /56; default {40, 1s, 30s, 15s}
	Slash48 Scope // one IPv6 /48; default {100, 1s, 10s, 5s}
	Slash24 Scope // one IPv4 /24; default {200, 1s, 1s, 1s}

	// Account also covers one user from all sources, which here share the delay;
	// default {50, 1s, 1m, 1m}.
	Account Scope

	Known    time.Duration    // how long a source is known to a user after a success; default 30 days
	Entries  int              // maximum number of users, sources, and pairs; default 65,536 each
	Patience time.Duration    // how long Await waits for attempts in flight; default 3 s
	Now      func() time.Time // default time.Now
}

func (c Config) withDefaults() Config {
	c.Pair = c.Pair.or(Scope{10, time.Second, 15 * time.Minute, 15 * time.Minute})
	c.Source = c.Source.or(Scope{20, time.Second, time.Minute, 30 * time.Second})
	c.User = c.User.or(Scope{10, time.Second, 5 * time.Second, time.Minute})
	c.Global = c.Global.or(Scope{1000, time.Second, 2 * time.Second, 100 * time.Millisecond})
	c.Slash56 = c.Slash56.or(Scope{40, time.Second, 30 * time.Second, 15 * time.Second})
	c.Slash48 = c.Slash48.or(Scope{100, time.Second, 10 * time.Second, 5 * time.Second})
	c.Slash24 = c.Slash24.or(Scope{200, time.Second, time.Second, time.Second})
	c.Account = c.Account.or(Scope{50, time.Second, time.Minute, time.Minute})
	c.Known = cmp.Or(c.Known, 30*24*time.Hour)
	c.Entries = cmp.Or(c.Entries, 1<<16)
	c.Patience = cmp.Or(c.Patience, 3*time.Second)
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// After returns a configuration that delays attempts after this many failures of one
// user, and after proportionally more of a network or of all; below 1 it never delays.
func After(failures int) Config {
	if failures < 1 {
		failures = never
	}
	free := func(times int) Scope { return Scope{Free: min(failures, never/times) * times} }
	return Config{
		Pair: free(1), User: free(1), Source: free(2), Global: Scope{Free: max(failures, 1000)},
		Slash56: free(4), Slash48: free(10), Slash24: free(20), Account: free(5),
	}
}

// never is more failures than are ever counted.
const never = math.MaxInt32 / 2

// level is a size of network whose failures are counted together.
type level uint8

const (
	single  level = iota // an IPv4 address or an IPv6 /64: a source
	slash56              // an IPv6 /56
	slash48              // an IPv6 /48
	slash24              // an IPv4 /24
)

// scope returns the scope of networks of the level.
func (c *Config) scope(l level) Scope {
	return [...]Scope{c.Source, c.Slash56, c.Slash48, c.Slash24}[l]
}

// Source returns the prefix that counts as one source: an IPv4 address, or an IPv6 /64,
// the smallest network of one customer. For an invalid address it returns the zero
// Prefix.
func Source(peer netip.Addr) netip.Prefix {
	if peer = peer.Unmap(); peer.Is4() {
		return network(peer, 32)
	}
	return network(peer, 64)
}

// networks returns the prefixes in which a peer is counted, the source first, and their
// levels.
func networks(peer netip.Addr) (list [3]netip.Prefix, levels []level) {
	switch peer = peer.Unmap(); {
	case !peer.IsValid():
		return list, []level{single} // shared by all invalid addresses
	case peer.Is4():
		list[0], list[1] = network(peer, 32), network(peer, 24)
		return list, []level{single, slash24}
	}
	list[0], list[1], list[2] = network(peer, 64), network(peer, 56), network(peer, 48)
	return list, []level{single, slash56, slash48}
}

func network(peer netip.Addr, bits int) netip.Prefix {
	p, err := peer.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
