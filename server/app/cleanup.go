package app

import (
	"context"
	"errors"
	"io"
	"net"
)

// cleanup closes what constructors opened, in reverse order. It is needed since fx stops
// only what was started, and a store is open before that, even if a later constructor
// fails. Not safe for concurrent use.
type cleanup struct{ list []func(context.Context) error }

func (c *cleanup) add(closer io.Closer) {
	c.addFunc(func(context.Context) error { return closer.Close() })
}

// addListener closes l in run, unless a server has closed it before.
func (c *cleanup) addListener(l net.Listener) {
	c.addFunc(func(context.Context) error {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
}

func (c *cleanup) addFunc(f func(context.Context) error) { c.list = append(c.list, f) }

// run closes everything. A second call does nothing.
func (c *cleanup) run(ctx context.Context) error {
	var errs []error
	for i := len(c.list) - 1; i >= 0; i-- {
		errs = append(errs, c.list[i](ctx))
	}
	c.list = nil
	return errors.Join(errs...)
}
