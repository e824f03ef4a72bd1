package plugins

import (
	"context"
	"io"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/compile"
	"github.com/cardea-auth/cardea/plugins/internal/sandbox"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// Compiler compiles modules in another process: even a small module can keep the compiler
// busy for minutes, and this process could not interrupt it. It passes job to
// [CompilerMain] in a separate process and returns the answer.
type Compiler func(ctx context.Context, job []byte) (answer []byte, err error)

// ChildCompiler returns a [Compiler] that starts the program at path for each module. The
// program must call [CompilerMain] with its standard input and output; cardea has a
// hidden command for that. It gets no environment.
func ChildCompiler(path string, args ...string) Compiler {
	return Compiler(compile.Child(path, args...))
}

// SelfCompiler returns a [Compiler] that starts the running program again. Call it first
// in main: in the process that was started to compile, it compiles and does not return.
func SelfCompiler() Compiler { return Compiler(compile.Self(imports(nil, nil))) }

// CompilerMain reads one job, applies the job's limits to the process, compiles, and
// writes the answer. The process should do nothing else and then exit.
func CompilerMain(ctx context.Context, in io.Reader, out io.Writer) error {
	return compile.Main(ctx, in, out, imports(nil, nil))
}

// CompileLimits bounds one compilation in a separate process. Zero means the default in
// brackets.
type CompileLimits struct {
	CPU    time.Duration // CPU time [10 s]
	Time   time.Duration // wall-clock time until the process is killed [60 s]
	Memory int64         // bytes [1 GiB]; negative means no limit
}

// imports returns the host functions that modules import. Compilation needs neither the
// clock nor randomness.
func imports(now func() time.Time, rand io.Reader) compile.Host {
	return compile.Host{Funcs: sandbox.Funcs(), WASI: wasm.WASI{Now: now, Rand: rand, Output: sandbox.Output}}
}
