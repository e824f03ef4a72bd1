package operator

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/standing"
)

// sessionBefore returns the state of a session before an operator ends it: why it is
// refused ("" if it is live), and whether that is final for all its tokens. A session that
// may become valid again, such as one of a user disabled in another directory, is not over.
func (e *Operator) sessionBefore(ctx context.Context, s api.Session) (why string, over bool) {
	if !s.Ended.IsZero() {
		state, _ := e.standing.OfSession(ctx, s) // no error for one that has ended
		return strings.TrimPrefix(state.Why, "ended: "), e.isOver(s)
	}
	held := api.Identity{Subject: s.Subject, Gen: s.Gen, Client: s.Client, Proof: api.Proof{Session: s.ID, IssuedAt: s.Created}}
	switch kind, revoked := e.Index.Revoked(&held); {
	case kind == api.RevokeSession:
		return "revoked", true
	case revoked:
		return "revoked" + standing.RevokedWith(kind), true
	}
	state, err := e.standing.OfSession(ctx, s)
	if err != nil {
		return "", false // unknown
	}
	forgotten := state.Why == "expired" && e.Now().After(s.IdleEnd.Add(e.Remember()))
	return state.Why, forgotten || strings.HasPrefix(state.Why, "revoked")
}

// keyBefore is sessionBefore for an API key.
func (e *Operator) keyBefore(ctx context.Context, key api.APIKey) (why string, over bool) {
	owner, unknown := e.Dirs.Holder(ctx, key.Subject)
	if unknown != nil {
		owner = api.Identity{Subject: key.Subject, Gen: math.MaxInt64} // only revocations by time apply
	}
	if state := e.standing.OfKey(key, owner); !state.Live {
		return state.Why, true
	}
	if unknown == nil {
		return "", false
	}
	state, _ := e.standing.OfHeld(ctx, key.Subject, unknown) // on error the state is unknown
	return state.Why, strings.HasPrefix(state.Why, "revoked")
}

// deadBefore returns the error that there was nothing to revoke, and why.
func deadBefore(what, why string) error {
	switch {
	case strings.HasPrefix(why, "revoked"):
		return RevokedBefore(what + " was " + why)
	case why == "expired":
		return RevokedBefore(what + " had expired")
	}
	return RevokedBefore(fmt.Sprintf("%s had ended (%s)", what, why))
}
