package dialect

import (
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// StartSession starts a session in the mount's token format, refreshable for life.
func (s *Site) StartSession(r *http.Request, id api.Identity, device string, life time.Duration) (core.TokenPair, error) {
	return s.Engine.Tokens().StartSession(r.Context(), core.BeginRequest{
		Identity: id, TokenFormat: s.Mount.Name, Dialect: s.Mount.Name, Device: device, Host: r.Host, Peer: s.From(r),
		RefreshLife: life,
	})
}

// PeekRefresh returns the session and user of a refresh token without using the token up.
func (s *Site) PeekRefresh(r *http.Request, refresh string) (api.Session, api.Identity, error) {
	return s.Engine.Tokens().PeekRefresh(r.Context(), s.presents(r, refresh))
}

// ReissueAccess issues an access token for a refresh token, which remains valid.
func (s *Site) ReissueAccess(r *http.Request, refresh string) (core.TokenPair, error) {
	return s.Engine.Tokens().ReissueAccess(r.Context(), s.presents(r, refresh))
}

// Exchange exchanges a refresh token for the next pair of tokens. As with the plugins,
// a refresh token works once: of concurrent requests with it one succeeds, and all others
// are refused. Within RefreshGrace they return the same pair instead. The user is looked up
// before the token is used up, so that it survives a directory that does not answer.
func (s *Site) Exchange(r *http.Request, refresh string) (core.TokenPair, error) {
	if _, _, err := s.PeekRefresh(r, refresh); err != nil {
		return core.TokenPair{}, err
	}
	return s.Engine.Tokens().Refresh(r.Context(), s.presents(r, refresh))
}

func (s *Site) presents(r *http.Request, refresh string) core.RefreshRequest {
	return core.RefreshRequest{
		Token: api.Secret(refresh), TokenFormat: s.Mount.Name, Host: r.Host, Peer: s.From(r), Dialect: s.Mount.Name,
		Grace: s.RefreshGrace, Once: s.RefreshGrace == 0,
	}
}
