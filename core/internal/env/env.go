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

// Env is what the rooms of one engine share. Its fields are set while the engine is
// opened, and do not change then, but for the policy. It is safe for concurrent use.
type Env struct {
	Store    store.Store
	Dirs     *directory.Directories
	Keys     *keys.Ring
	Index    *session.Index
	Tail     *session.Tail
	Families *session.Families
	Events   *events.Teller
	Policy   atomic.Pointer[compiled.Policy]
	Uses     Uses

	Now  func() time.Time
	Rand io.Reader
	Log  *slog.Logger

	longest users.Life // of a token, by all policies under which there were some
	bounded sync.Map   // of layouts and kinds of token, those that TellBounded has told of
}

// Hooks returns the catalogue that is in force.
func (e *Env) Hooks() *point.Hooks { return e.Policy.Load().Hooks }
