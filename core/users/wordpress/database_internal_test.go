package wordpress

import (
	"context"
	"database/sql/driver"
	"errors"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
)

// connector opens one connection, or fails.
type connector struct {
	driver.Connector
	conn driver.Conn
	err  error
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.conn, c.err }

// order is a connection that records its statements.
type order struct {
	driver.Conn
	err    error
	orders []string
	closed bool
}

func (o *order) Close() error { o.closed = true; return nil }

func (o *order) ExecContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Result, error) {
	o.orders = append(o.orders, query)
	return nil, o.err
}

// TestReadOnly: a connection is used only after it was set to read-only.
func TestReadOnly(t *testing.T) {
	good, bad := &order{}, &order{err: errAway}
	if conn, err := (readOnly{connector{conn: good}}).Connect(t.Context()); err != nil || conn == nil || good.closed ||
		len(good.orders) != 1 || good.orders[0] != "SET SESSION TRANSACTION READ ONLY" {
		t.Errorf("got %v, after %q", err, good.orders)
	}
	if conn, err := (readOnly{connector{conn: bad}}).Connect(t.Context()); !errors.Is(err, errAway) || conn != nil || !bad.closed {
		t.Errorf("the order fails: %v, closed %v", err, bad.closed)
	}
	if conn, err := (readOnly{connector{conn: fakeConn{}}}).Connect(t.Context()); err == nil || conn != nil {
		t.Errorf("no orders: %v", err)
	}
	if conn, err := (readOnly{connector{err: errAway}}).Connect(t.Context()); !errors.Is(err, errAway) || conn != nil {
		t.Errorf("no connection: %v", err)
	}
}

// TestOpen_log: a directory does not open if the log with its users cannot be read.
func TestOpen_log(t *testing.T) {
	for opens, log := range map[bool]Log{true: memory.New(), false: brokenLog{}} {
		d, err := Open(t.Context(), Config{DSN: api.Secret("u:p@tcp(127.0.0.1:1)/wp"), Log: log})
		if err == nil {
			d.Close()
		}
		if (err == nil) != opens {
			t.Errorf("the log answers %v: got %v, want an error: %v", opens, err, !opens)
		}
	}
}
