package wasm

import (
	"context"
	"fmt"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/cardea-auth/cardea/plugins/internal/meter"
)

// Engine compiles modules into a common cache. Safe for concurrent use.
type Engine struct {
	cache wazero.CompilationCache
	dir   string
	watch *watch
}

// NewEngine returns an engine whose compiled code is kept in dir, a directory
// that only this user may enter; "" keeps it in memory.
func NewEngine(dir string) (*Engine, error) {
	if dir == "" {
		return &Engine{cache: wazero.NewCompilationCache(), watch: newWatch()}, nil
	}
	if err := privateDir(dir); err != nil {
		return nil, fmt.Errorf("compilation cache: %w", err)
	}
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return nil, fmt.Errorf("compilation cache: %w", err)
	}
	return &Engine{cache, dir, newWatch()}, nil
}

// Close frees the cache; close the modules first.
func (e *Engine) Close(ctx context.Context) error {
	e.watch.close()
	return e.cache.Close(ctx)
}

// Options says how to compile a module.
type Options struct {
	MemoryPages uint32        // what an instance's memory may grow to
	Time        time.Duration // that a call may take by the clock, rounded up; 0 is a minute
	Shape       meter.Limits  // what the module may declare
	Sections    []string      // the custom sections that [Module.Section] returns
	Funcs       []Func        // the host functions
	WASI        WASI          // what WASI answers with
}

// features is WebAssembly 2.0 without vector instructions, which no hook needs.
const features = api.CoreFeaturesV2 &^ api.CoreFeatureSIMD
