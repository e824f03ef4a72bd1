package manage

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
)

// NewToken is the request for an access token of a user.
type NewToken struct {
	Login       string `json:"login"`
	TokenFormat string `json:"token_format,omitempty"` // "" is native
	Client      string `json:"client,omitempty"`
}

// Token is a new token; Text is the token itself.
type Token struct {
	Text    string    `json:"token"`
	ID      string    `json:"id"`
	Session string    `json:"session"`
	Expires time.Time `json:"expires"`
}

// Revocation says what to revoke: one token by its jti, everything of a client, or
// everything issued until now. Exactly one must be set.
type Revocation struct {
	TokenID      string `json:"token_id,omitempty"`
	Issuer       string `json:"issuer,omitempty"` // name of the external issuer of TokenID; "" means this server
	Client       string `json:"client,omitempty"`
	Everything   bool   `json:"everything,omitempty"`
	SpareAPIKeys bool   `json:"spare_api_keys,omitempty"` // with Everything: API keys stay valid
	Reason       string `json:"reason,omitempty"`         // recorded
}

type presented struct {
	Token  string `json:"token"`
	Reason string `json:"reason,omitempty"` // of a revocation, recorded
}

func (h *handler) tokens() {
	h.change("POST /tokens", "token issue", h.issue)
	h.change("POST /tokens/revoke", "token revoke", h.revokeToken)
	h.read("POST /tokens/inspect", h.inspect)
	h.change("POST /revocations", "token revoke", h.revoke)
}

func (h *handler) issue(r *http.Request, a *act) (any, error) {
	var n NewToken
	if err := decode(r, &n); err != nil {
		return nil, err
	}
	a.target, a.facts = n.Login, append(a.facts, "token_format", n.TokenFormat, "client", n.Client)
	if err := cmp.Or(h.secrets.check("login", n.Login), h.secrets.check("client", n.Client)); err != nil {
		return nil, err
	}
	if n.Client != "" && slices.Contains(h.Engine.Admin().FormatsWithoutClient(), n.TokenFormat) {
		return nil, api.E(api.Invalid, "", fmt.Sprintf("tokens of %.100q do not name their client, so that it could not be revoked by client: leave the client out", n.TokenFormat))
	}
	id, err := naming{h}.bearer(r.Context(), n)
	if err != nil {
		return nil, naming{h}.unissued(r, n, named(err, api.ReasonUnknownUser, "no user"+h.ofDirectory(n.TokenFormat)+" has the login or e-mail address %q", n.Login))
	}
	issued, err := h.Engine.Tokens().Issue(r.Context(), core.IssueRequest{Identity: id, TokenFormat: n.TokenFormat, Client: n.Client})
	if err != nil {
		return nil, naming{h}.unissued(r, n, err)
	}
	a.facts = append(a.facts, "subject", id.Subject, "token_id", issued.ID)
	return Token{issued.Text.Reveal(), issued.ID, issued.Session, issued.ExpiresAt}, nil
}

// bearer returns the user that a new token is for. The token format of a mount decides in
// which directory a login is looked up.
func (h naming) bearer(ctx context.Context, n NewToken) (api.Identity, error) {
	u, err := h.Engine.Admin().Account(ctx, n.Login)
	switch {
	case err == nil && u.Subject == n.Login:
		return h.Engine.Tokens().User(ctx, n.Login)
	case err == nil && n.TokenFormat == "":
		if err := h.checkUnambiguous(ctx, n.Login, u); err != nil {
			return api.Identity{}, err
		}
	}
	id, err := h.Engine.Tokens().UserByLogin(ctx, n.TokenFormat, n.Login)
	if api.CodeOf(err) == api.Unavailable {
		return id, h.unlooked(ctx, n.Login, err)
	}
	return id, err
}

// ofDirectory says whose users a token format is for; "" if those of all directories.
func (h *handler) ofDirectory(format string) string {
	for _, f := range h.Engine.Admin().Policy().TokenFormats {
		if f.Name == format && f.Directory != "" {
			return " of directory " + strings.ReplaceAll(f.Directory, "%", "%%")
		}
	}
	return ""
}

// unissued adds to the error of a token that was not issued what can be chosen, or whose
// account is disabled.
func (h naming) unissued(r *http.Request, n NewToken, err error) error {
	if api.ReasonOf(err) != api.ReasonUnknownTokenFormat {
		return h.ofDisabled(r, n.Login, err)
	}
	names := []string{policy.NativeName}
	for _, f := range h.Engine.Admin().Policy().TokenFormats {
		if f.Verifying == nil {
			names = append(names, f.Name)
		}
	}
	return api.Wrap(api.NotFound, api.ReasonUnknownTokenFormat, fmt.Sprintf("no token format is called %.100q: choose from %s; a mount of dialect native issues tokens of format native", n.TokenFormat, strings.Join(names, ", ")), err)
}

func (h *handler) revokeToken(r *http.Request, a *act) (any, error) {
	var in presented
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	if in.Token == "" {
		return nil, api.E(api.Invalid, "", "no token is given")
	}
	if err := checkReason(in.Reason); err != nil {
		return nil, err
	}
	reason := h.secrets.hide(cmp.Or(in.Reason, reasonRevoked))
	rev, err := h.Engine.Admin().RevokeCredential(r.Context(), api.Secret(in.Token), reason, a.actor)
	kind, id := h.secrets.named(in.Token)
	a.target = cmp.Or(rev.ID, id)
	a.facts = append(a.facts, "kind", cmp.Or(rev.What, kind), "subject", rev.Subject, "reason", reason)
	if what, reason := (naming{h}).misread(r, in.Token, err); reason != "" {
		err = about(in.Token, api.Wrap(api.Conflict, reason, fmt.Sprintf("nothing was revoked: %q is %s", bounded(in.Token), what), err))
	}
	return h.outcome(r.Context(), a, rev, err)
}

// misread says of what a text is the ID or login that is no credential; reason is "" if of
// nothing.
func (h naming) misread(r *http.Request, text string, err error) (what, reason string) {
	if api.CodeOf(err) != api.NotFound || h.secrets.kind(text) != "" {
		return "", ""
	}
	return h.kindOf(r.Context(), text)
}

func (h *handler) revoke(r *http.Request, a *act) (any, error) {
	var in Revocation
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	rev, err := in.revocation()
	if err != nil {
		return nil, err
	}
	for what, text := range map[string]string{"the token id": in.TokenID, "the client": in.Client, "the issuer": in.Issuer} {
		if err := h.secrets.check(what, text); err != nil {
			return nil, err
		}
	}
	rev.Reason = h.secrets.hide(rev.Reason)
	rev.Actor = a.actor
	a.target, a.facts = rev.Key, append(a.facts, "kind", rev.Kind, "reason", rev.Reason)
	if rev.Kind != api.RevokeToken {
		var out Revoked
		if rev.Kind == api.RevokeClient {
			out.WithoutClient = h.Engine.Admin().FormatsWithoutClient()
		}
		return out, h.Engine.Tokens().Revoke(r.Context(), rev)
	}
	hit, err := h.Engine.Admin().RevokeTokenID(r.Context(), in.Issuer, rev.Key, rev.Reason, rev.Actor)
	a.target = cmp.Or(hit.ID, a.target)
	return revokedOf(hit), err
}

// maxReason bounds a recorded reason, in bytes.
const maxReason = 500

func checkReason(text string) error {
	if len(text) > maxReason {
		return api.E(api.Invalid, "", fmt.Sprintf("the reason has more than %d bytes", maxReason))
	}
	return nil
}

func (in Revocation) revocation() (api.Revocation, error) {
	r := api.Revocation{Reason: in.Reason}
	given := 0
	for _, x := range []struct {
		given bool
		kind  api.RevocationKind
		key   string
	}{
		{in.TokenID != "", api.RevokeToken, in.TokenID},
		{in.Client != "", api.RevokeClient, in.Client},
		{in.Everything, api.RevokeAll, ""},
	} {
		if x.given {
			given++
			r.Kind, r.Key = x.kind, x.key
		}
	}
	switch {
	case given != 1:
		return r, api.E(api.Invalid, "", fmt.Sprintf("%d of token_id, client and everything are given, must be one", given))
	case in.Issuer != "" && in.TokenID == "":
		return r, api.E(api.Invalid, "", "issuer is given without token_id")
	case in.SpareAPIKeys && !in.Everything:
		return r, api.E(api.Invalid, "", "spare_api_keys is given without everything")
	}
	if err := checkReason(in.Reason); err != nil {
		return r, err
	}
	if in.SpareAPIKeys {
		r.Key = api.SpareAPIKeys
	}
	r.Reason = cmp.Or(in.Reason, reasonRevoked)
	return r, nil
}
