package dialect

import (
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Begin asks the engine for a session in the mount's token format, refreshable for life.
func (s *Site) Begin(r *http.Request, id api.Identity, device string, life time.Duration) (core.TokenPair, error) {
	return s.Engine.Tokens().StartSession(r.Context(), core.BeginRequest{
		Identity: id, TokenFormat: s.Mount.Name, Dialect: s.Mount.Name, Device: device, Host: r.Host, Peer: s.From(r),
		RefreshLife: life,
	})
}

// Presented asks the engine whose a refresh token is, which stays as it is.
func (s *Site) Presented(r *http.Request, refresh string) (api.Session, api.Identity, error) {
	return s.Engine.Tokens().PeekRefresh(r.Context(), s.presents(r, refresh))
}

// Renew asks the engine for an access token on a refresh token that stays.
func (s *Site) Renew(r *http.Request, refresh string) (core.TokenPair, error) {
	return s.Engine.Tokens().ReissueAccess(r.Context(), s.presents(r, refresh))
}

// Exchange asks the engine for the next pair of tokens. As with the plugins, a
// refresh token works once: a client that presents it again is refused, also
// within the engine's grace window. That serves those who asked at once.
func (s *Site) Exchange(r *http.Request, refresh string) (core.TokenPair, error) {
	if _, _, err := s.Presented(r, refresh); err != nil {
		return core.TokenPair{}, err
	}
	return s.Engine.Tokens().Refresh(r.Context(), s.presents(r, refresh))
}

func (s *Site) presents(r *http.Request, refresh string) core.RefreshRequest {
	return core.RefreshRequest{Token: api.Secret(refresh), TokenFormat: s.Mount.Name, Host: r.Host, Peer: s.From(r), Dialect: s.Mount.Name}
}
