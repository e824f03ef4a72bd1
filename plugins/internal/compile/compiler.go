package compile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// Compiler compiles one module at a time. Safe for concurrent use.
type Compiler struct {
	cfg    Config
	engine *wasm.Engine
	turn   chan struct{} // one token: modules are compiled one at a time
	dir    string        // the cache
	ownDir bool          // dir is temporary and removed by Close
}

// Open returns a compiler and removes old files from its cache; the caller closes it.
func Open(cfg Config) (*Compiler, error) {
	cfg.Limits = cfg.Limits.withDefaults()
	dir, own, err := cacheDir(cfg)
	if err != nil {
		return nil, err
	}
	engine, err := wasm.NewEngine(dir)
	if err != nil {
		return nil, err
	}
	sweep(dir, time.Now(), cfg.Logger)
	return &Compiler{cfg: cfg, engine: engine, turn: make(chan struct{}, 1), dir: dir, ownDir: own}, nil
}

// cacheDir returns the directory for compiled modules. If another process compiles and no
// directory is configured, it creates a temporary one, since the process needs a place
// for its output.
func cacheDir(cfg Config) (dir string, own bool, err error) {
	if cfg.CacheDir != "" || cfg.Process == nil {
		return cfg.CacheDir, false, nil
	}
	dir, err = os.MkdirTemp("", "cardea-plugins-")
	return dir, true, err
}

// Close frees the compiled code; close the modules first.
func (c *Compiler) Close(ctx context.Context) error {
	err := c.engine.Close(ctx)
	if c.ownDir {
		err = errors.Join(err, os.RemoveAll(c.dir))
	}
	return err
}

// Compile compiles one module. It waits for other compilations first, since one can use a
// core and much memory for seconds; ctx bounds that wait.
func (c *Compiler) Compile(ctx context.Context, src Source) (*wasm.Module, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for another plugin's compilation: %w", ctx.Err())
	}
	if err := c.permit(ctx, src); err != nil {
		return nil, fmt.Errorf("not a module that can be used here: %w", err)
	}
	m, err := c.engine.Compile(ctx, src.Code, wasm.Options{
		MemoryPages: uint32(src.Limits.MemoryPages),
		Shape:       shape(src.Limits),
		Sections:    []string{abi.ManifestSection, abi.VectorsSection},
		Time:        src.Limits.Time + src.Limits.Deadline,
		Funcs:       c.cfg.Host.Funcs,
		WASI:        c.cfg.Host.WASI,
	})
	if err != nil {
		return nil, fmt.Errorf("not a module that can be used here: %w", err)
	}
	return m, nil
}

// permit checks that this process may compile the module: it was compiled by another
// process and is in the cache, or it is pinned or signed and within the limits.
func (c *Compiler) permit(ctx context.Context, src Source) error {
	if err := wasm.Scan(src.Code, shape(src.Limits)); err != nil {
		return err
	}
	switch {
	case c.cfg.Process != nil:
		return elsewhere(ctx, c.cfg, c.dir, src)
	case src.Trusted || c.cfg.InProcess:
		return nil
	}
	return errors.New("it is neither pinned (sha256) nor signed, and this program cannot compile in another process: pin it, or set Config.Compiler")
}
