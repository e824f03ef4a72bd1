package wasm

import (
	"context"
	"fmt"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/cardea-auth/cardea/plugins/internal/meter"
)

// Engine compiles modules with a shared cache. Safe for concurrent use.
type Engine struct {
	cache wazero.CompilationCache
	dir   string
	watch *watch
}

// NewEngine returns an engine that keeps compiled code in dir, to which only this user
// may have access; "" keeps it in memory.
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

// Close frees the cache; close all modules first.
func (e *Engine) Close(ctx context.Context) error {
	e.watch.close()
	return e.cache.Close(ctx)
}

// Options configures one compilation.
type Options struct {
	MemoryPages uint32        // maximum size of an instance's memory
	Time        time.Duration // wall-clock limit of a call, rounded up; 0 means a minute
	Shape       meter.Limits  // limits on the module's structure
	Sections    []string      // the custom sections that [Module.Section] returns
	Funcs       []Func        // the host functions
	WASI        WASI          // configures the WASI functions
}

// features is WebAssembly 2.0 without vector instructions, which no hook needs.
const features = api.CoreFeaturesV2 &^ api.CoreFeatureSIMD
