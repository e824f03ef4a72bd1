package plugins

import (
	"context"
	"io"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/compile"
	"github.com/cardea-auth/cardea/plugins/internal/sandbox"
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
	return Compiler(compile.Child(path, args...))
}

// SelfCompiler returns a [Compiler] that starts the running program again. Call it
// first in main: in the process that was started to compile, it does so and does
// not return.
func SelfCompiler() Compiler { return Compiler(compile.Self(imports(nil, nil))) }

// CompilerMain reads one job, limits the process to what the job says, compiles,
// and writes the answer. The process should do nothing else and end then.
func CompilerMain(ctx context.Context, in io.Reader, out io.Writer) error {
	return compile.Main(ctx, in, out, imports(nil, nil))
}

// CompileLimits bounds one compilation in a process of its own. Zero means the
// default in brackets.
type CompileLimits struct {
	CPU    time.Duration // time on the processor [10 s]
	Time   time.Duration // before it is killed, waiting included [60 s]
	Memory int64         // bytes [1 GiB]; below zero no limit
}

// imports is what modules import from the host, which to compile needs neither clock
// nor randomness.
func imports(now func() time.Time, rand io.Reader) compile.Host {
	return compile.Host{Funcs: sandbox.Funcs(), WASI: wasm.WASI{Now: now, Rand: rand, Output: sandbox.Output}}
}
