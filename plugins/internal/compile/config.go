package compile

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/wasm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// Config configures a [Compiler].
type Config struct {
	CacheDir  string  // for compiled modules; "" is memory, or a temporary directory with a Process
	Process   Process // compiles elsewhere; nil compiles trusted modules in this process
	Limits    Limits  // of one compilation by Process
	InProcess bool    // compiles any module in this process, if there is no Process
	Host      Host
	Logger    *slog.Logger
}

// Host holds the host functions that modules import.
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

// Process compiles a module in another process: it passes job to [Main] there and returns
// the answer.
type Process func(ctx context.Context, job []byte) (answer []byte, err error)

// Limits bounds one compilation in a separate process. Zero means the default in
// brackets.
type Limits struct {
	CPU    time.Duration // CPU time [10 s]
	Time   time.Duration // wall-clock time until the process is killed [60 s]
	Memory int64         // bytes [1 GiB]; negative means no limit
}

func (l Limits) withDefaults() Limits {
	return Limits{cmp.Or(l.CPU, 10*time.Second), cmp.Or(l.Time, time.Minute), cmp.Or(l.Memory, 1<<30)}
}
