package users

import (
	"math"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Toggle is a switch that is on unless it is turned off.
type Toggle bool

// The two positions of a [Toggle].
const (
	On  Toggle = false
	Off Toggle = true
)

// RevokeOn says which events end what a user holds; the zero value says all. An
// event that is off still makes every node read the user anew.
type RevokeOn struct {
	Password Toggle
	Email    Toggle
	Role     Toggle
	Disable  Toggle
	Delete   Toggle
}

// event is one change of a user on its way into the log.
type event struct {
	reason, actor string
	revokes       bool // ends what the user holds, or only has the user read anew
}

// log notes the event on the user and returns the row for it. The user's
// generation rises if the event revokes.
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

// farewell is the row for a user that goes away: no generation lives on, not
// even one that another change gives meanwhile.
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

// now is the time as stores keep it: UTC in microseconds.
func (s *Store) now() time.Time { return s.cfg.Now().UTC().Truncate(time.Microsecond) }
