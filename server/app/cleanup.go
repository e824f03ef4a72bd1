package app

import (
	"context"
	"errors"
	"io"
	"net"
)

// cleanup closes what constructors opened, newest first. fx stops only what was
// started, and a store is open before that, also when a later constructor fails.
// It is used by one goroutine at a time.
type cleanup struct{ list []func(context.Context) error }

func (c *cleanup) add(closer io.Closer) {
	c.addFunc(func(context.Context) error { return closer.Close() })
}

// addListener closes a listener that no server has closed by then.
func (c *cleanup) addListener(l net.Listener) {
	c.addFunc(func(context.Context) error {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
}

func (c *cleanup) addFunc(f func(context.Context) error) { c.list = append(c.list, f) }

// run closes everything once.
func (c *cleanup) run(ctx context.Context) error {
	var errs []error
	for i := len(c.list) - 1; i >= 0; i-- {
		errs = append(errs, c.list[i](ctx))
	}
	c.list = nil
	return errors.Join(errs...)
}
