package httpauth

import (
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// parts are the parts of the memory that one peer can hold.
var parts = map[string]struct {
	of     func(*Held) Held
	eighth int // of the part, in MiB
}{
	"needed": {func(h *Held) Held { return *h }, 8},
	"spare":  {(*Held).Spare, 8},
	"ahead":  {(*Held).Ahead, 4},
}

// TestBodies_peer: of every part of the memory one peer has at most an eighth, however
// many bodies she sends; others have the rest, and proxies all.
func TestBodies_peer(t *testing.T) {
	trust := Trust{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	for name, part := range parts {
		b := NewBodies(0, 0)
		hold := func(peer string) *Held {
			h := b.Hold(trust, netip.MustParseAddr(peer))
			h = part.of(&h)
			return &h
		}
		all := []*Held{}
		for range part.eighth {
			h := hold("2001:db8::1")
			if err := h.Take(1 << 20); err != nil {
				t.Errorf("%s: a peer's share: %v", name, err)
			}
			all = append(all, h)
		}
		for peer, room := range map[string]bool{"2001:db8::2": false, "192.0.2.1": true, "10.0.0.1": true, "127.0.0.1": true} {
			h := hold(peer)
			if err := h.Take(1); (err == nil) != room {
				t.Errorf("%s: %s gets %v, want memory: %v", name, peer, err, room)
			}
			all = append(all, h)
		}
		for _, h := range all {
			h.Release()
			h.Release()
		}
		if left := len(b.needed.sources) + len(b.spare.sources) + len(b.ahead.sources); b.Taken() != 0 || b.ahead.inUse() != 0 || left != 0 {
			t.Errorf("%s: %d bytes of %d sources were not released", name, b.Taken(), left)
		}
	}
}

// TestBodies tests which bodies fit into the memory that others leave.
func TestBodies(t *testing.T) {
	const half = 64 << 20 // of DefaultHeldBytes
	trust := Trust{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	type piece struct {
		peer string
		n    int
	}
	several := func(n int, each piece, peers ...string) (list []piece) {
		for _, peer := range peers {
			for range n {
				list = append(list, piece{peer, each.n})
			}
		}
		return list
	}
	for _, tc := range []struct {
		name string
		held []piece
		next piece
		room bool
	}{
		{"the first", nil, piece{"192.0.2.1", 1 << 20}, true},
		{"a peer's eighth", several(8, piece{n: 1 << 20}, "192.0.2.1"), piece{"192.0.2.1", 1}, false},
		{"another peer's", several(8, piece{n: 1 << 20}, "192.0.2.1"), piece{"192.0.2.2", 1 << 20}, true},
		{"the same /64", several(8, piece{n: 1 << 20}, "2001:db8::1"), piece{"2001:db8::2", 1}, false},
		{"another /64", several(8, piece{n: 1 << 20}, "2001:db8::1"), piece{"2001:db8:0:1::1", 1 << 20}, true},
		{"IPv4 in IPv6", several(8, piece{n: 1 << 20}, "192.0.2.1"), piece{"::ffff:192.0.2.1", 1}, false},
		{"a proxy's", several(20, piece{n: 1 << 20}, "10.0.0.1"), piece{"10.0.0.1", 1 << 20}, true},
		{"loopback's", several(20, piece{n: 1 << 20}, "127.0.0.1"), piece{"127.0.0.1", 1 << 20}, true},
		{"without an address", several(20, piece{n: 1 << 20}, ""), piece{"", 1 << 20}, true},
		{"large ones fill three quarters", several(48, piece{n: 1 << 20}, ""), piece{"192.0.2.1", smallBody + 1}, false},
		{"small ones have the rest", several(48, piece{n: 1 << 20}, ""), piece{"192.0.2.1", smallBody}, true},
		{"small ones fill all", several(half/smallBody, piece{n: smallBody}, ""), piece{"192.0.2.1", 1}, false},
		{"beside four peers' connections", several(512, piece{n: smallBody}, "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"), piece{"192.0.2.5", 8 << 20}, true},
		{"more than all", nil, piece{"", half + 1}, false},
	} {
		b := NewBodies(0, 0)
		hold := func(p piece) (*Held, error) {
			peer, _ := netip.ParseAddr(p.peer)
			h := b.Hold(trust, peer)
			return &h, h.Take(p.n)
		}
		var all []*Held
		for i, p := range tc.held {
			h, err := hold(p)
			if all = append(all, h); err != nil {
				t.Fatalf("%s: %d is refused: %v", tc.name, i, err)
			}
		}
		h, err := hold(tc.next)
		if (err == nil) != tc.room {
			t.Errorf("%s: got %v, want memory: %v", tc.name, err, tc.room)
		}
		if e := api.AsError(err); err != nil && (e.Code != api.Unavailable || e.RetryAfter == 0) {
			t.Errorf("%s: %v, after %s", tc.name, err, e.RetryAfter)
		}
		for _, h := range append(all, h) {
			h.Release()
			h.Release()
		}
		if b.Taken() != 0 || len(b.needed.sources) != 0 {
			t.Errorf("%s: %d bytes of %d sources were not released", tc.name, b.Taken(), len(b.needed.sources))
		}
	}
}

// TestNewBodies: one peer can hold the largest body, however little memory is configured.
func TestNewBodies(t *testing.T) {
	for _, tc := range []struct{ bytes, largest, half, share int64 }{
		{0, 0, 64 << 20, 8 << 20},
		{0, 4 << 20, 64 << 20, 8 << 20},
		{32 << 20, 4 << 20, 16 << 20, 4 << 20},
		{32 << 20, 1 << 32, 1 << 33, 1 << 32},
	} {
		if b := NewBodies(tc.bytes, tc.largest); b.needed.most != tc.half || b.needed.share != tc.share {
			t.Errorf("%d for %d: half %d, share %d", tc.bytes, tc.largest, b.needed.most, b.needed.share)
		}
	}
}

// TestHeld_Reader: a body is read as long as there is memory, and a truncated one is
// never treated as complete.
func TestHeld_Reader(t *testing.T) {
	b := NewBodies(32<<20, 0)
	other := b.Hold(Trust{}, netip.Addr{})
	if err := other.Take(12 << 20); err != nil { // all but what is reserved for small bodies
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, smallBody / 4, smallBody/4 + 1, 100_000} {
		h := b.Hold(Trust{}, netip.MustParseAddr("192.0.2.1"))
		r := h.Reader(io.NopCloser(strings.NewReader(strings.Repeat("x", n))), 4)
		text, err := io.ReadAll(r)
		if fits := n <= smallBody/4; (err == nil) != fits || fits && len(text) != n {
			t.Errorf("%d bytes: read %d, %v", n, len(text), err)
		}
		if _, again := r.Read(make([]byte, 1)); err != nil && !errors.Is(again, err) {
			t.Errorf("%d bytes: then %v, want %v again", n, again, err)
		}
		h.Release()
	}
	if other.Release(); b.Taken() != 0 {
		t.Errorf("%d bytes were not released", b.Taken())
	}
}

// TestBodies_ahead: responses that are read ahead leave half of the spare memory to
// request bodies, and take none that these use.
func TestBodies_ahead(t *testing.T) {
	b := NewBodies(8<<20, 0)
	const half, quarter, small = 4 << 20, 2 << 20, 1 << 20
	peer := b.Hold(Trust{}, netip.Addr{})
	ahead, late, body := peer.Ahead(), peer.Ahead(), peer.Spare()
	if ahead.Take(quarter) != nil || late.Take(1) == nil {
		t.Error("answers do not have exactly half of the spare memory")
	}
	if body.Take(half-quarter-small) != nil || body.Take(1) == nil {
		t.Error("bodies do not have exactly the rest")
	}
	ahead.Release()
	if body.Take(quarter) != nil || late.Take(smallBody+1) == nil {
		t.Error("answers take what bodies have")
	}
	if body.Release(); ahead.Take(quarter) != nil {
		t.Error("what was not granted is counted")
	}
	if ahead.Release(); b.Taken() != 0 {
		t.Errorf("%d bytes are taken", b.Taken())
	}
}
