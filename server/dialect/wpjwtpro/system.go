package wpjwtpro

import (
	"cmp"
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// settings returns the plugin's settings with the values in effect here. They can only
// be changed in the configuration.
func (h *handler) settings(*http.Request, wordpress.Params, api.Identity) (any, error) {
	limit := cmp.Or(h.cfg.RateLimit, calls)
	whole := func(d time.Duration) int64 { return int64(d / time.Second) }
	return group(
		"token_settings", group(
			"jwt_expiration", whole(cmp.Or(h.cfg.AccessLife, accessLife)),
			"refresh_token_expiration", whole(cmp.Or(h.cfg.RefreshLife, refreshLife)),
			"signing_algorithm", h.algorithm(),
		),
		"user_settings", group(
			"revoke_tokens_on_password_change", true,
			"revoke_tokens_on_email_change", true,
			"revoke_tokens_on_role_change", true,
			"delete_tokens_on_user_delete", true,
		),
		"rate_limit_settings", group(
			"enabled", limit > 0,
			"max_requests", max(0, limit),
			"window_minutes", 1,
		),
	), nil
}

// system returns the state of the gateway instead of PHP's and WordPress's versions:
// whether it can sign, and how old its revocation data is.
func (h *handler) system(*http.Request, wordpress.Params, api.Identity) (any, error) {
	return group(
		"software", "Cardea",
		"site_url", h.site.Mount.Issuer,
		"namespace", h.space.Name,
		"secret_key_configured", h.fault == nil,
		"signing_algorithm", h.algorithm(),
		"revocations_age_seconds", int64(h.site.Engine.Staleness()/time.Second),
		"server_time", stamp(h.site.Engine.Now()),
	), nil
}

// algorithm returns the mount's signing algorithm, nil if the engine's keys sign.
func (h *handler) algorithm() any {
	keys, _ := h.cfg.Keys(h.site.Mount.Name) // settings do not report the error
	if len(keys) == 0 {
		return nil
	}
	return keys[0].Algorithm
}

// group returns an object from pairs of name and value.
func group(pairs ...any) api.Claims {
	var list []api.Claim
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, api.Claim{Name: pairs[i].(string), Value: pairs[i+1]})
	}
	return api.NewClaims(list...)
}
