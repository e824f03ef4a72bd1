package compile

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/wasm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// Config is what a [Compiler] works with.
type Config struct {
	CacheDir  string  // where compiled modules are kept; "" is memory, or a temporary directory beside a Process
	Process   Process // compiles elsewhere; nil compiles in this process what is trusted
	Limits    Limits  // of one compilation by Process
	InProcess bool    // compiles in this process whatever comes, if there is no Process
	Host      Host
	Logger    *slog.Logger
}

// Host is what modules import from.
type Host struct {
	Funcs []wasm.Func
	WASI  wasm.WASI
}

// Source is a module to compile.
type Source struct {
	Code    []byte
	Limits  manifest.Limits
	Trusted bool // pinned or signed
}

// Process compiles modules elsewhere. It hands the job to [Main] in a process of its
// own and its answer back.
type Process func(ctx context.Context, job []byte) (answer []byte, err error)

// Limits bounds one compilation in a process of its own. Zero means the
// default in brackets.
type Limits struct {
	CPU    time.Duration // time on the processor [10 s]
	Time   time.Duration // before it is killed, waiting included [60 s]
	Memory int64         // bytes [1 GiB]; below zero no limit
}

func (l Limits) withDefaults() Limits {
	return Limits{cmp.Or(l.CPU, 10*time.Second), cmp.Or(l.Time, time.Minute), cmp.Or(l.Memory, 1<<30)}
}
