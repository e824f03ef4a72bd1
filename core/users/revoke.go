package users

import (
	"math"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Toggle is a switch that is on by default.
type Toggle bool

// The two values of a [Toggle].
const (
	On  Toggle = false
	Off Toggle = true
)

// RevokeOn selects the events that revoke a user's credentials; the zero value selects
// all. An event that is off still makes every node reload the user.
type RevokeOn struct {
	Password Toggle
	Email    Toggle
	Role     Toggle
	Disable  Toggle
	Delete   Toggle
}

// event is one change of a user, to be logged.
type event struct {
	reason, actor string
	revokes       bool // revokes the user's credentials; otherwise the user is only reloaded
}

// log applies the event to the user and returns its row for the log. If the event
// revokes, the user's generation is raised.
func (s *Store) log(u *api.User, e event) []api.Revocation {
	u.Updated = s.now()
	if !e.revokes {
		return []api.Revocation{s.row(api.RefreshUser, u, e)}
	}
	u.Gen++
	row := s.row(api.RevokeSubject, u, e)
	row.MinGen = u.Gen
	return []api.Revocation{row}
}

// farewell returns the row for a deleted user: it revokes all generations, including
// one that a concurrent change assigns.
func (s *Store) farewell(u api.User, e event) api.Revocation {
	if !e.revokes {
		return s.row(api.RefreshUser, &u, e)
	}
	row := s.row(api.RevokeSubject, &u, e)
	row.MinGen = math.MaxInt64
	return row
}

func (s *Store) row(kind api.RevocationKind, u *api.User, e event) api.Revocation {
	now := s.now()
	return api.Revocation{
		Kind: kind, Key: u.Subject, At: now, Expires: now.Add(s.life.Get()),
		Reason: e.reason, Actor: e.actor,
	}
}

// now returns the time with the precision of stores: UTC in microseconds.
func (s *Store) now() time.Time { return s.cfg.Now().UTC().Truncate(time.Microsecond) }
