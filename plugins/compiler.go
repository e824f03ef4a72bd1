package plugins

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/meter"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// Compiler compiles modules elsewhere, since a small module can keep the compiler
// busy for minutes and nothing in this process could stop it. It hands the job to
// [CompilerMain] in a process of its own and its answer back.
type Compiler func(ctx context.Context, job []byte) (answer []byte, err error)

// ChildCompiler returns a [Compiler] that starts a program for each module. The
// program calls [CompilerMain] with its standard input and output: cardea has a
// hidden command for that. It gets no environment.
func ChildCompiler(path string, args ...string) Compiler {
	return func(ctx context.Context, job []byte) ([]byte, error) { return runChild(ctx, job, nil, path, args) }
}

// childVariable tells a program that it was started to compile.
const childVariable = "CARDEA_COMPILE_PLUGIN"

// SelfCompiler returns a [Compiler] that starts the running program again. Call it
// first in main: in the process that was started to compile, it does so and does
// not return.
func SelfCompiler() Compiler {
	if os.Getenv(childVariable) != "" {
		os.Exit(serveCompiler())
	}
	return func(ctx context.Context, job []byte) ([]byte, error) {
		path, err := os.Executable()
		if err != nil {
			return nil, err
		}
		return runChild(ctx, job, []string{childVariable + "=1"}, path, nil)
	}
}

func serveCompiler() (exit int) {
	if err := CompilerMain(context.Background(), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// job is what a compiling process is asked to do; the module follows it.
type job struct {
	Dir    string       `json:"dir"` // the cache
	Pages  uint32       `json:"pages"`
	Shape  meter.Limits `json:"shape"`
	CPU    int          `json:"cpu"`    // seconds
	Memory int64        `json:"memory"` // bytes; 0 is no limit
	Size   int          `json:"size"`   // of the module
}

// answer is what it says. An error is the module's fault.
type answer struct {
	Error string `json:"error,omitempty"`
}

// maxJob bounds what CompilerMain reads.
const maxJob = 256 << 20

// CompilerMain reads one job, limits the process to what the job says, compiles,
// and writes the answer. The process should do nothing else and end then.
func CompilerMain(ctx context.Context, in io.Reader, out io.Writer) error {
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
		return fmt.Errorf("compile: %d bytes of module, %d were announced", len(module), j.Size)
	}
	if err := limitProcess(j.CPU, j.Memory); err != nil {
		return fmt.Errorf("compile: %w", err)
	}
	var a answer
	if err := compileInto(ctx, j, module); err != nil {
		a.Error = err.Error()
	}
	return json.NewEncoder(out).Encode(a)
}

// compileInto leaves the compiled module in the cache.
func compileInto(ctx context.Context, j job, module []byte) error {
	engine, err := wasm.NewEngine(j.Dir)
	if err != nil {
		return err
	}
	m, err := engine.Compile(ctx, module, wasm.Options{
		MemoryPages: j.Pages, Shape: j.Shape, Funcs: hostFuncs(), WASI: wasm.WASI{Output: output},
	})
	if err != nil {
		return err
	}
	return errors.Join(m.Close(ctx), engine.Close(ctx))
}

// runChild starts a process, gives it a job and returns its answer.
func runChild(ctx context.Context, job []byte, env []string, path string, args []string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append([]string{"GODEBUG=" + os.Getenv("GODEBUG")}, env...)
	cmd.Stdin = bytes.NewReader(job)
	var said, complaint bounded
	cmd.Stdout, cmd.Stderr = &said, &complaint
	cmd.WaitDelay = 2 * time.Second
	isolate(cmd)
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("stopped: %w", ctx.Err())
	case err != nil && exhausted(cmd.ProcessState, complaint.String()):
		return nil, errExhausted
	case err != nil:
		return nil, fmt.Errorf("the compiling process: %w: %.500q", err, complaint.String())
	}
	return said.Bytes(), nil
}

var errExhausted = errors.New("it takes more time or memory to compile than it may: split its large functions")

// bounded keeps the beginning of what a process writes.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), max(0, 64<<10-b.Len()))])
	return len(p), nil
}

// CompileLimits bounds one compilation in a process of its own. Zero means the
// default in brackets.
type CompileLimits struct {
	CPU    time.Duration // time on the processor [10 s]
	Time   time.Duration // before it is killed, waiting included [60 s]
	Memory int64         // bytes [1 GiB]; below zero no limit
}

func (l CompileLimits) withDefaults() CompileLimits {
	return CompileLimits{cmp.Or(l.CPU, 10*time.Second), cmp.Or(l.Time, time.Minute), cmp.Or(l.Memory, 1<<30)}
}

// compileElsewhere has a module compiled into the cache.
func (h *Host) compileElsewhere(ctx context.Context, src source) error {
	limits := h.cfg.Compile
	head, err := json.Marshal(job{
		Dir: h.dir, Pages: uint32(src.limits.MemoryPages), Shape: shape(src.limits),
		CPU: max(1, int(limits.CPU/time.Second)), Memory: max(0, limits.Memory), Size: len(src.module),
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limits.Time, errExhausted)
	defer cancel()
	text, err := h.cfg.Compiler(ctx, append(append(head, '\n'), src.module...))
	if err != nil {
		if context.Cause(ctx) == errExhausted {
			return errExhausted
		}
		return err
	}
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		return fmt.Errorf("the compiling process says %.200q: %w", text, err)
	}
	if a.Error != "" {
		return errors.New(a.Error)
	}
	return nil
}
