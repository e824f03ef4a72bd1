package plugins

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"time"
)

// Config is what a [Host] works with. The zero value works.
type Config struct {
	// CacheDir keeps compiled modules between runs. It is created with mode 0700
	// and refused when others may write to it, since it holds native code. ""
	// means a cache in memory.
	CacheDir string
	// Logger receives what guests log and what goes wrong; nil discards it.
	Logger *slog.Logger
	// Now is the clock that guests see, in milliseconds; nil is time.Now.
	Now func() time.Time
	// Rand is what guests' runtimes seed themselves from. It must be safe for
	// concurrent use; nil is crypto/rand.
	Rand io.Reader
	// OnFault is told of every call that broke, whatever the binding makes of
	// it. It runs on the caller's goroutine and must not block; nil ignores it.
	OnFault func(context.Context, *Fault)
	// OnCall is told of every call that reached a guest, and what it changed. It
	// runs on the caller's goroutine and must not block; nil costs nothing.
	OnCall func(context.Context, Call)
}

func (c Config) withDefaults() Config {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.OnFault == nil {
		c.OnFault = func(context.Context, *Fault) {}
	}
	return c
}
