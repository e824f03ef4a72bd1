package env

import (
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/directory"
	"github.com/cardea-auth/cardea/core/internal/events"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/users"
)

// Env is the state that the packages of one engine share. Its fields are set while the
// engine is opened and do not change afterwards, except for the policy. It is safe for
// concurrent use.
type Env struct {
	Store    store.Store
	Dirs     *directory.Directories
	Keys     *keys.Ring
	Index    *session.Index
	Tail     *session.Tail
	Families *session.Sessions
	Events   *events.Teller
	Policy   atomic.Pointer[compiled.Policy]
	Uses     Uses

	Now  func() time.Time
	Rand io.Reader
	Log  *slog.Logger

	longest users.Life // longest lifetime of a token under all policies so far
	bounded sync.Map   // token formats and kinds of token that TellBounded has logged
}

// Hooks returns the hooks in force.
func (e *Env) Hooks() *point.Hooks { return e.Policy.Load().Hooks }
