package compile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/cardea-auth/cardea/plugins/internal/meter"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// job is the request to a compiling process; the module follows it.
type job struct {
	Dir    string       `json:"dir"` // the cache
	Pages  uint32       `json:"pages"`
	Shape  meter.Limits `json:"shape"`
	CPU    int          `json:"cpu"`    // seconds
	Memory int64        `json:"memory"` // bytes; 0 is no limit
	Size   int          `json:"size"`   // of the module
}

// answer is the response. An error is caused by the module.
type answer struct {
	Error string `json:"error,omitempty"`
}

// maxJob bounds the input of Main, in bytes.
const maxJob = 256 << 20

// Main reads one job, applies the job's limits to the process, compiles, and writes the
// answer. The process should do nothing else and then exit.
func Main(ctx context.Context, in io.Reader, out io.Writer, host Host) error {
	r := json.NewDecoder(io.LimitReader(in, maxJob))
	var j job
	if err := r.Decode(&j); err != nil {
		return fmt.Errorf("compile: %w", err)
	}
	module, err := io.ReadAll(io.MultiReader(r.Buffered(), io.LimitReader(in, maxJob)))
	if err != nil {
		return fmt.Errorf("compile: %w", err)
	}
	if module = bytes.TrimPrefix(module, []byte("\n")); len(module) != j.Size {
		return fmt.Errorf("compile: the module has %d bytes, must have %d", len(module), j.Size)
	}
	if err := limitProcess(j.CPU, j.Memory); err != nil {
		return fmt.Errorf("compile: %w", err)
	}
	var a answer
	if err := compileInto(ctx, j, module, host); err != nil {
		a.Error = err.Error()
	}
	return json.NewEncoder(out).Encode(a)
}

// compileInto compiles the module into the cache.
func compileInto(ctx context.Context, j job, module []byte, host Host) error {
	engine, err := wasm.NewEngine(j.Dir)
	if err != nil {
		return err
	}
	m, err := engine.Compile(ctx, module, wasm.Options{
		MemoryPages: j.Pages, Shape: j.Shape, Funcs: host.Funcs, WASI: host.WASI,
	})
	if err != nil {
		return err
	}
	return errors.Join(m.Close(ctx), engine.Close(ctx))
}
