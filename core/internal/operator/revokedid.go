package operator

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/storeerr"
	"github.com/cardea-auth/cardea/core/policy"
)

// RevokeAPIKeyID implements core.Admin.RevokeAPIKeyID.
func (e *Operator) RevokeAPIKeyID(ctx context.Context, id, reason, actor string) (api.Revoked, error) {
	key, err := e.Store.APIKey(ctx, id)
	if err != nil {
		return api.Revoked{}, storeerr.APIKey(err, id)
	}
	r, err := e.endKey(ctx, key, reason, actor)
	return r, storeerr.APIKey(err, id)
}

// endKey revokes an API key that is not over, and verifies the result.
func (e *Operator) endKey(ctx context.Context, key api.APIKey, reason, actor string) (api.Revoked, error) {
	r := api.Revoked{What: "API key", ID: key.ID, Subject: key.Subject}
	why, over := e.keyBefore(ctx, key)
	if over {
		return e.survivors(ctx, r, "", deadBefore(fmt.Sprintf("API key %q", key.ID), why))
	}
	r.Before = why
	if err := e.revoker.APIKey(ctx, r.ID, reason, actor); err != nil {
		return api.Revoked{}, err
	}
	if now, err := e.Store.APIKey(ctx, r.ID); err != nil || now.Revoked.IsZero() {
		return r, errors.Join(noEffect("the key is not marked as revoked"), err)
	}
	r.APIKeys = 1
	return e.survivors(ctx, r, "", nil)
}

// RevokeSessionID implements core.Admin.RevokeSessionID.
func (e *Operator) RevokeSessionID(ctx context.Context, id, reason, actor string) (api.Revoked, error) {
	before, err := e.Families.Session(ctx, id)
	if err != nil {
		return api.Revoked{}, storeerr.Session(err, id)
	}
	r := api.Revoked{What: "session", ID: id, Subject: before.Subject, TokenFormat: before.TokenFormat}
	why, over := e.sessionBefore(ctx, before)
	if over {
		return e.survivors(ctx, r, "", deadBefore(fmt.Sprintf("session %q", id), why))
	}
	r.Before = why
	if err := e.revoker.EndSessionOf(ctx, id, reason, actor); err != nil {
		return api.Revoked{}, err
	}
	if now, err := e.Families.Session(ctx, id); err != nil || !e.isOver(now) {
		return r, errors.Join(noEffect("the session has not ended"), err)
	}
	r.Sessions = 1
	return e.survivors(ctx, r, "", nil)
}

// isOver reports whether a session has ended and none of its tokens is valid.
func (e *Operator) isOver(s api.Session) bool {
	if s.Ended.IsZero() {
		return false
	}
	_, revoked := e.Index.Revoked(&api.Identity{Proof: api.Proof{Session: s.ID, IssuedAt: e.Now()}})
	return revoked || e.Families.IsOver(&s)
}

// RevokeTokenID implements core.Admin.RevokeTokenID.
func (e *Operator) RevokeTokenID(ctx context.Context, issuer, id, reason, actor string) (api.Revoked, error) {
	r, err := e.tokenOf(issuer, id)
	if err != nil {
		return r, err
	}
	if err := e.checkTokenID(ctx, r); err != nil {
		return r, err
	}
	if _, revoked := e.Index.Revoked(&api.Identity{Proof: api.Proof{TokenID: r.ID, IssuedAt: e.Now()}}); revoked {
		return r, deadBefore(fmt.Sprintf("token %q", r.ID), "revoked")
	}
	if err := e.revoker.Revoke(ctx, api.Revocation{Kind: api.RevokeToken, Key: r.ID, Reason: reason, Actor: actor}); err != nil {
		return r, err
	}
	if _, revoked := e.Index.Revoked(&api.Identity{Proof: api.Proof{TokenID: r.ID}}); !revoked {
		return r, noEffect("the id is not refused")
	}
	return r, nil
}

// tokenOf parses the id of a token and its issuer.
func (e *Operator) tokenOf(issuer, id string) (api.Revoked, error) {
	named, jti := CutExternal(id)
	switch {
	case named == "" && strings.HasPrefix(id, policy.ExternalPrefix), named != "" && jti == "":
		return api.Revoked{}, api.E(api.Invalid, "", fmt.Sprintf("the id is %.100q, must be issuer:<name>:<jti> or a jti", id))
	case named != "" && issuer != "" && named != issuer:
		return api.Revoked{}, api.E(api.Invalid, "", fmt.Sprintf("the id is of issuer %.60q, and the issuer that is given is %.60q", named, issuer))
	case named == "":
		named, jti = issuer, id
	}
	r := api.Revoked{What: "access token", ID: jti, Issuer: named}
	if named == "" {
		return r, nil
	}
	if _, known := e.Policy.Load().TokenFormat(policy.ExternalPrefix + named); !known {
		return r, api.Wrap(api.NotFound, "", fmt.Sprintf("no external issuer is called %.60q", named), api.ErrNotFound)
	}
	r.ID = policy.ExternalPrefix + named + ":" + jti
	return r, nil
}

// checkTokenID refuses the id of a session or of an API key: revoking it as a token would
// have no effect.
func (e *Operator) checkTokenID(ctx context.Context, r api.Revoked) error {
	if r.Issuer != "" {
		return nil
	}
	if _, err := e.Families.Session(ctx, r.ID); err == nil {
		return aboutID(r.ID, api.ReasonSessionID, "a session")
	}
	if _, err := e.Store.APIKey(ctx, r.ID); err == nil {
		return aboutID(r.ID, api.ReasonAPIKeyID, "an API key")
	}
	return nil // also on lookup errors: the revocation is more important
}

// aboutID returns the error that an ID is not that of a token.
func aboutID(id, reason, what string) error {
	err := api.Wrap(api.Conflict, reason, fmt.Sprintf("nothing was revoked: %q is the id of %s", id, what), api.ErrConflict)
	err.About = id
	return err
}
