package listen

import (
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// table holds the open connections of a listener. Its lock is taken when a connection
// opens or closes, and never for a request.
type table struct {
	total, perPeer int
	exempt         []netip.Prefix
	log            *capLog
	opened         time.Time // the origin of now

	mu               sync.Mutex // guards the rest, and counted.index
	all              []*counted
	peers            map[netip.Addr][]*counted
	refused, evicted int64
}

func newTable(c Config) *table {
	return &table{
		total: c.Connections, perPeer: c.PerPeer, exempt: c.Exempt, peers: map[netip.Addr][]*counted{}, opened: time.Now(),
		log: &capLog{log: c.Logger.With(slog.String("listener", c.Name))},
	}
}

// now returns the time since the table was opened, in nanoseconds and at least 1. It does
// not change with the wall clock.
func (t *table) now() int64 { return int64(time.Since(t.opened)) + 1 }

// peerOf returns the peer that a connection counts for: the address for IPv4, the /64
// network for IPv6, and the zero value for those that count towards the total only.
func (t *table) peerOf(a net.Addr) netip.Addr {
	hop, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Addr{} // a Unix socket
	}
	addr := hop.Addr().Unmap().WithZone("")
	if addr.IsLoopback() || slices.ContainsFunc(t.exempt, func(p netip.Prefix) bool { return p.Contains(addr) }) {
		return netip.Addr{}
	}
	if addr.Is4() || addr.IsLinkLocalUnicast() { // all hosts of a link share one /64
		return addr
	}
	network, err := addr.Prefix(64)
	if err != nil {
		return addr
	}
	return network.Addr()
}

// admit adds a connection, and returns false at a cap. A connection that waits for its
// client is closed to make room.
func (t *table) admit(c *counted) bool {
	cut, cap, ok := t.exchange(c)
	if cap != "" {
		t.log.note(cap, cut)
	}
	for _, old := range cut {
		old.Close()
	}
	return ok
}

func (t *table) exchange(c *counted) (cut []*counted, cap string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if of := t.peers[c.peer]; t.perPeer > 0 && c.peer.IsValid() && len(of) >= t.perPeer {
		cap = "peer"
		if cut = t.evict(cut, of); cut == nil {
			t.refused++
			return nil, cap, false
		}
	}
	if t.total > 0 && len(t.all) >= t.total {
		cap = "all"
		if cut = t.evict(cut, t.all); cut == nil {
			t.refused++
			return nil, cap, false
		}
	}
	c.index = len(t.all)
	t.all = append(t.all, c)
	if c.peer.IsValid() {
		t.peers[c.peer] = append(t.peers[c.peer], c)
		if c.flight = t.peers[c.peer][0].flight; c.flight == nil {
			c.flight = new(flight)
		}
	}
	return cut, cap, true
}

// evictSample is the number of connections or requests that are compared for an eviction,
// so that a flood at a high cap costs little.
const evictSample = 1024

// evict removes the connection that has waited longest for its client, if there is one.
// It looks at a part of a long list, which begins anywhere.
func (t *table) evict(cut, list []*counted) []*counted {
	var longest *counted
	since := t.now()
	begin := rand.IntN(max(len(list), 1))
	for i := range min(len(list), evictSample) {
		c := list[(begin+i)%len(list)]
		if s := c.slowSince(); s != 0 && s <= since {
			longest, since = c, s
		}
	}
	if longest == nil {
		return cut
	}
	t.drop(longest)
	t.evicted++
	return append(cut, longest)
}

func (t *table) remove(c *counted) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(c)
}

// drop removes a connection from the table, once.
func (t *table) drop(c *counted) {
	if c.index < 0 {
		return
	}
	last := len(t.all) - 1
	t.all[last].index = c.index
	t.all[c.index], t.all[last] = t.all[last], nil
	t.all = t.all[:last]
	c.index = -1
	if !c.peer.IsValid() {
		return
	}
	of := t.peers[c.peer]
	if i := slices.Index(of, c); i >= 0 {
		of = slices.Delete(of, i, i+1)
	}
	if t.peers[c.peer] = of; len(of) == 0 {
		delete(t.peers, c.peer)
	}
}

func (t *table) figures() Figures {
	t.mu.Lock()
	defer t.mu.Unlock()
	return Figures{Open: len(t.all), Refused: t.refused, Evicted: t.evicted}
}
