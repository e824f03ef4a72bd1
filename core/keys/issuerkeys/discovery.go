package issuerkeys

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/keys/internal/members"
)

// address is the first URL to fetch: the JWK set itself, or the discovery document
// (OpenID Connect Discovery 1.0 section 4).
func (c *Config) address() string {
	if c.URL != "" {
		return c.URL
	}
	return strings.TrimSuffix(c.Issuer, "/") + "/.well-known/openid-configuration"
}

// setAddress returns the URL of the JWK set, using discovery if it is not configured.
func (r *Remote) setAddress(ctx context.Context) (string, error) {
	if r.config.URL != "" {
		return r.config.URL, nil
	}
	data, err := r.client.Get(ctx, r.config.address())
	if err != nil {
		return "", err
	}
	doc, err := members.Read(data)
	if err != nil {
		return "", fmt.Errorf("%s: %w", r.config.address(), err)
	}
	issuer, set := text(doc["issuer"]), text(doc["jwks_uri"])
	// Section 4.3: a document of another issuer must not be used.
	if issuer != r.config.Issuer {
		return "", fmt.Errorf("%s: it describes issuer %.128q", r.config.address(), issuer)
	}
	return set, nil
}

// text returns the value of a JSON string, "" for anything else.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}
