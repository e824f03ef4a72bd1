package listen

import (
	"errors"
	"os"
	"time"
)

// A client that reads fewer than leastWrite bytes of pending data within writeStall is
// cut off. The time is generous, since TCP reports progress only in large steps.
const (
	leastWrite = 1 << 10
	writeStall = time.Minute
)

// writePiece is the part of a Write, in bytes, that a client at keepRate reads within
// slowGrace. The progress of a client is noted after each.
const writePiece = 16 << 10

// Write implements net.Conn. If the client stops reading it returns
// [os.ErrDeadlineExceeded].
func (c *counted) Write(p []byte) (total int, err error) {
	for {
		n, err := c.noted(p[total:min(total+writePiece, len(p))])
		total += n
		if err != nil || total == len(p) {
			return total, err
		}
	}
}

// noted writes a piece. Meanwhile the request with a body waits for its client, as it does
// in body.Read; without one, the connection does.
func (c *counted) noted(piece []byte) (int, error) {
	if x := c.reading(); x != nil {
		x.begin()
		n, err := c.write(piece)
		x.end(n)
		return n, err
	}
	begin := c.table.now()
	c.writing.Store(lag(c.unread.Load()).since(begin))
	n, err := c.write(piece)
	c.unread.Store(int64(lag(c.unread.Load()).after(c.table.now()-begin, n)))
	c.writing.Store(0)
	return n, err
}

// write writes within the deadline, unless a caller has set another.
func (c *counted) write(p []byte) (int, error) {
	if c.custom.Load() {
		return c.Conn.Write(p)
	}
	total := 0
	for {
		if err := c.armWrite(); err != nil {
			return total, err
		}
		n, err := c.Conn.Write(p[total:])
		total += n
		if err == nil || n < leastWrite || c.custom.Load() || !errors.Is(err, os.ErrDeadlineExceeded) {
			return total, err
		}
		c.armed.Store(0) // the client is slow but reading
	}
}

// armWrite renews the deadline if less than half of its time is left: a timer for each
// write would cost more than the write.
func (c *counted) armWrite() error {
	now := c.table.now()
	if time.Duration(c.armed.Load()-now) > writeStall/2 {
		return nil
	}
	c.armed.Store(now + int64(writeStall))
	return c.Conn.SetWriteDeadline(time.Now().Add(writeStall))
}

// SetWriteDeadline implements net.Conn. A zero deadline restores the stall limit.
func (c *counted) SetWriteDeadline(t time.Time) error {
	if t.IsZero() && !c.custom.Swap(false) {
		return nil // the current deadline is the stall limit
	}
	c.custom.Store(!t.IsZero())
	c.armed.Store(0)
	return c.Conn.SetWriteDeadline(t)
}

// SetDeadline implements net.Conn.
func (c *counted) SetDeadline(t time.Time) error {
	c.custom.Store(!t.IsZero())
	c.armed.Store(0)
	return c.Conn.SetDeadline(t)
}
