package listen

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var ok = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") })

// TestCaps tests how many of twenty connections stay open, depending on their addresses.
func TestCaps(t *testing.T) {
	one := func(addr string) func(int) string { return func(i int) string { return fmt.Sprintf(addr, i+1) } }
	for _, c := range []struct {
		name           string
		addr           func(i int) string
		total, perPeer int
		open           int
	}{
		{"no caps", one("192.0.2.1:%d"), 0, 0, 20},
		{"one address", one("192.0.2.1:%d"), 0, 5, 5},
		{"one address in IPv6 form", one("[::ffff:192.0.2.1]:%d"), 0, 5, 5},
		{"many addresses", one("192.0.2.%d:1"), 0, 5, 20},
		{"one /64", one("[2001:db8:0:1::%x]:1"), 0, 5, 5},
		{"many /64s", one("[2001:db8:0:%x::1]:1"), 0, 5, 20},
		{"neighbours of one link", one("[fe80::%x%%eth0]:1"), 0, 5, 20},
		{"one neighbour", one("[fe80::1%%eth0]:%d"), 0, 5, 5},
		{"loopback", one("127.0.0.1:%d"), 0, 5, 20},
		{"loopback, IPv6", one("[::1]:%d"), 0, 5, 20},
		{"unix socket", func(int) string { return "@" }, 0, 5, 20},
		{"a trusted proxy", one("10.0.0.1:%d"), 0, 5, 20},
		{"a trusted proxy in IPv6 form", one("[::ffff:10.0.0.1]:%d"), 0, 5, 20},
		{"in all", one("192.0.2.%d:1"), 12, 5, 12},
		{"in all, loopback", one("127.0.0.1:%d"), 12, 5, 12},
		{"in all, unix socket", func(int) string { return "" }, 12, 5, 12},
		{"in all, a trusted proxy", one("10.0.0.1:%d"), 12, 5, 12},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, p := serving(t, Config{Connections: c.total, PerPeer: c.perPeer, Exempt: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}, ok)
				for i := range 20 {
					defer p.dial(c.addr(i)).Close()
					time.Sleep(time.Millisecond)
				}
				synctest.Wait()
				if f := l.Figures(); f.Open != c.open || f.Evicted != int64(20-c.open) || f.Refused != 0 {
					t.Errorf("%+v; want %d open", f, c.open)
				}
				conn := p.dial(c.addr(0)) // the server answers
				defer conn.Close()
				write(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
				answerOf(t, bufio.NewReader(conn))
			})
		})
	}
}

// TestCaps_whoLeaves: the connection that has waited longest is closed for a new one, but
// never one with a request in progress.
func TestCaps_whoLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		release := make(chan struct{})
		l, p := serving(t, Config{Name: "public", PerPeer: 3, Logger: logTo(&log)}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/slow" {
				<-release
			}
		}))
		ask := func(path string) (net.Conn, *bufio.Reader) {
			conn := p.dial("192.0.2.1:1")
			write(conn, "GET "+path+" HTTP/1.1\r\nHost: a\r\n\r\n")
			r := bufio.NewReader(conn)
			if path != "/slow" {
				answerOf(t, r)
			}
			time.Sleep(time.Millisecond)
			return conn, r
		}
		busy, busyAnswer := ask("/slow")
		defer busy.Close()
		idle, idleEnd := ask("/") // kept alive
		defer idle.Close()
		silent := p.dial("192.0.2.1:2")
		defer silent.Close()
		time.Sleep(time.Millisecond)
		for i, c := range []io.Reader{idleEnd, silent} {
			next, _ := ask("/slow")
			defer next.Close()
			if took := closedAfter(c); took > 0 {
				t.Errorf("%d: the one that waited longest is closed after %s", i, took)
			}
		}
		if took := closedAfter(p.dial("192.0.2.1:9")); took > 0 {
			t.Errorf("with requests under way everywhere, the new one is closed after %s", took)
		}
		other := p.dial("192.0.2.2:1")
		defer other.Close()
		synctest.Wait()
		if f := l.Figures(); f.Open != 4 || f.Evicted != 2 || f.Refused != 1 {
			t.Errorf("Figures() = %+v, want Open 4, Evicted 2 and Refused 1", f)
		}
		close(release)
		answerOf(t, busyAnswer)
		time.Sleep(capLogEvery)
		synctest.Wait()
		if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text,
			`msg="connections at a cap" listener=public refused=1 idle_closed=2 at_peer_cap=3 at_total_cap=0`) {
			t.Errorf("the log: %s", text)
		}
	})
}

// TestTable_race: the counts are correct with concurrent connections.
func TestTable_race(t *testing.T) {
	tab := newTable(Config{Connections: 50, PerPeer: 7, Logger: logTo(io.Discard)})
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 500 {
				a, b := net.Pipe()
				c := &counted{Conn: a, table: tab, peer: netip.AddrFrom4([4]byte{192, 0, 2, byte(i % 20)})}
				if i%3 > 0 {
					c.waiting.Store(tab.now())
				}
				if tab.admit(c) && (i+g)%2 == 0 {
					c.Close()
					c.Close()
				}
				b.Close()
			}
		})
	}
	wg.Wait()
	f, peers := tab.figures(), 0
	for _, of := range tab.peers {
		peers += len(of)
		if len(of) > 7 || len(of) == 0 {
			t.Errorf("%d connections of one peer", len(of))
		}
	}
	if f.Open > 50 || f.Open != peers {
		t.Errorf("%d open, %d by peers", f.Open, peers)
	}
}
