package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/chore"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/assertion"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/gateway"
	"github.com/cardea-auth/cardea/server/internal/setting"
	"github.com/cardea-auth/cardea/server/mount"
	"github.com/cardea-auth/cardea/server/state"
)

// assertionKeys is the key ring that signs assertions; nil if no upstream uses them.
type assertionKeys struct{ *keys.Ring }

// Assertions returns the issuer and audience of the assertions for an upstream, which its
// site must have as CARDEA_ISSUER and CARDEA_AUDIENCE.
func Assertions(cfg *config.Config, u config.Upstream) (issuedBy, audience string) {
	return mount.Issuer(cfg), mount.Audience(cfg, u)
}

// newAssertionKeys opens the key ring and schedules its rotation, which also loads changes
// made by other processes.
func newAssertionKeys(lc fx.Lifecycle, opened *cleanup, cfg *config.Config, log *slog.Logger) (assertionKeys, error) {
	for _, u := range cfg.Upstreams {
		if u.Identity != "assertion" {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), state.OpenTimeout)
		defer cancel()
		ring, err := state.OpenAssertionKeys(ctx, cfg, log)
		if err != nil {
			return assertionKeys{}, err
		}
		opened.add(ring)
		appendChore(lc, log, chore.Chore{Name: "assertion keys", Every: upkeepEvery, Do: func(ctx context.Context) error {
			_, err := ring.Tick(ctx, time.Now())
			return err
		}})
		return assertionKeys{ring}, nil
	}
	return assertionKeys{}, nil
}

// credentials holds the upstreams' credentials by upstream name.
type credentials map[string]gateway.UpstreamCredentials

type credentialsIn struct {
	fx.In
	Keys     assertionKeys
	Dialects []mount.Placed[mount.Mounted] `group:"dialects"`
}

func newUpstreamCredentials(cfg *config.Config, in credentialsIn) (credentials, error) {
	formats := map[string]core.TokenFormat{}
	for _, d := range mount.Sorted(in.Dialects) {
		l := d.Dialect.TokenFormat()
		formats[l.Name] = l
	}
	out := credentials{}
	var errs []error
	for name, u := range cfg.Upstreams {
		v, err := newCredentials(cfg, u, in.Keys, formats)
		if err != nil {
			errs = append(errs, setting.About("upstreams."+name, err))
		} else if v != nil {
			out[name] = v
		}
	}
	return out, errors.Join(errs...)
}

func newCredentials(cfg *config.Config, u config.Upstream, ring assertionKeys, formats map[string]core.TokenFormat) (gateway.UpstreamCredentials, error) {
	site := assertion.Site{Subject: mount.SiteSubject(cfg, u)}
	switch u.Identity {
	case "assertion":
		by, audience := Assertions(cfg, u)
		return assertion.NewAssertion(assertion.AssertionConfig{Site: site, Issuer: by, Audience: audience, Key: ring.Active})
	case "plugin-compat":
		return assertion.NewCompat(assertion.CompatConfig{Site: site, TokenFormat: formats[mount.CompatMount(cfg, u)]})
	case "application-password":
		c, err := state.ApplicationPasswords(u)
		if err != nil {
			return nil, err
		}
		c.Site = site
		return assertion.NewApplicationPassword(c)
	}
	return nil, nil
}
