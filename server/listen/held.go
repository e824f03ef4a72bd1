package listen

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// At a cap, a client that is slower than keepRate by more than slowGrace is cut off for a
// new one. The rate is far above the least rates, at which an attacker could hold all
// connections for a few kilobytes per second.
const (
	keepRate   = 16 << 10 // bytes per second
	keepByte   = time.Second / keepRate
	keepCredit = time.Second // how far ahead of the rate a client can be
	slowGrace  = time.Second
)

// lag is how far a client is behind keepRate. It is negative for a faster client.
type lag time.Duration

// since returns the time from which on a client counts as slow if it makes no progress
// after now. Times are those of table.now.
func (l lag) since(now int64) int64 { return max(now-int64(l)+int64(slowGrace), 1) }

// after returns the lag after a wait in which n bytes moved.
func (l lag) after(wait int64, n int) lag {
	return max(l+lag(wait)-lag(n)*lag(keepByte), -lag(keepCredit))
}

// exchange is a request in progress that its client can delay: it has a body, or uses
// HTTP/2. Bytes in either direction count as progress.
type exchange struct {
	conn   *counted
	stream http.ResponseWriter // of HTTP/2; nil: none

	waits int   // reads and writes in progress; guarded, like the next three, by conn.held
	from  int64 // since when lag is not up to date, if waits > 0
	lag   lag
	left  bool

	index  int        // in streams.all, -1: not counted; guarded by streams.mu
	ending sync.Mutex // held while the stream is reset
	over   bool       // the handler has returned: the stream must not be used
}

// enter adds a request to its connection.
func (c *counted) enter(stream http.ResponseWriter) *exchange {
	x := &exchange{conn: c, stream: stream, index: -1}
	c.held.Lock()
	defer c.held.Unlock()
	c.exchanges = append(c.exchanges, x)
	c.waiting.Store(0)
	return x
}

// reading returns the HTTP/1 request in progress that has a body, nil if there is none.
func (c *counted) reading() *exchange {
	c.held.Lock()
	defer c.held.Unlock()
	if len(c.exchanges) == 0 || c.exchanges[0].stream != nil {
		return nil // the responses of HTTP/2 are noted by stream
	}
	return c.exchanges[0]
}

// leave removes the request. After the last one, an HTTP/2 connection waits for its
// client: to take the rest of a response, or for another request.
func (x *exchange) leave() {
	c := x.conn
	c.held.Lock()
	defer c.held.Unlock()
	x.left = true
	c.exchanges = slices.DeleteFunc(c.exchanges, func(e *exchange) bool { return e == x })
	if len(c.exchanges) == 0 && x.stream != nil {
		c.waiting.Store(lag(0).since(c.table.now()))
		return
	}
	c.publish()
}

// begin notes that a read or write starts to wait for the client.
func (x *exchange) begin() {
	x.conn.held.Lock()
	defer x.conn.held.Unlock()
	if x.waits++; x.waits == 1 {
		x.from = x.conn.table.now()
	}
	x.conn.publish()
}

// end notes that a read or write has moved n bytes.
func (x *exchange) end(n int) {
	x.conn.held.Lock()
	defer x.conn.held.Unlock()
	now := x.conn.table.now()
	x.lag, x.from = x.lag.after(now-x.from, n), now
	x.waits--
	x.conn.publish()
}

// since returns since when the client is slow, 0 if the request does not wait for it. The
// caller holds conn.held.
func (x *exchange) since() int64 {
	if x.waits == 0 || x.left {
		return 0
	}
	return x.lag.since(x.from)
}

// slowSince is since with the lock.
func (x *exchange) slowSince() int64 {
	x.conn.held.Lock()
	defer x.conn.held.Unlock()
	return x.since()
}

// publish sets since when all requests in progress wait for the client. The caller holds
// c.held.
func (c *counted) publish() {
	if len(c.exchanges) == 0 {
		return
	}
	latest := int64(0)
	for _, x := range c.exchanges {
		since := x.since()
		if since == 0 {
			c.waiting.Store(0)
			return
		}
		latest = max(latest, since)
	}
	c.waiting.Store(latest)
}

// slowSince returns since when the connection waits for its client, 0 if it does not.
func (c *counted) slowSince() int64 {
	waiting, writing := c.waiting.Load(), c.writing.Load()
	if waiting == 0 || writing != 0 && writing < waiting {
		return writing
	}
	return waiting
}

// reset resets the stream, unless the handler has returned.
func (x *exchange) reset() {
	x.ending.Lock()
	defer x.ending.Unlock()
	if x.over {
		return
	}
	past, control := time.Unix(1, 0), http.NewResponseController(x.stream)
	control.SetReadDeadline(past)
	control.SetWriteDeadline(past)
}

// finish is called when the handler has returned.
func (x *exchange) finish() {
	x.ending.Lock()
	defer x.ending.Unlock()
	x.over = true
}
