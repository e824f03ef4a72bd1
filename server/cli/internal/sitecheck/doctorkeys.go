package sitecheck

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/assertion"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/state"
)

func (d doctor) secret(context.Context) finding {
	cfg, err := d.fromFile()
	if err != nil {
		return finding{wrong: "the configuration cannot be read: " + err.Error(), seen: "no server", cure: "'cardea config check' shows what to change"}
	}
	if cfg == nil {
		return finding{skip: noConfig}
	}
	var weak []string
	for _, m := range cfg.Mounts {
		c := m.Common()
		c.AllowWeakSecret = false
		if _, err := c.Keys(m.Name); err != nil {
			weak = append(weak, "the secret of mount "+m.Name+" is weak or not a key")
		}
		if _, err := c.PreviousKey(m.Name); err != nil && d.now().Before(c.SecretPreviousUntil.Time) {
			weak = append(weak, "the previous secret of mount "+m.Name+" is weak or not a key")
		}
	}
	if weak != nil {
		return finding{wrong: strings.Join(weak, "; "), seen: "the plugin's error for a missing secret, such as jwt_auth_bad_config", cure: "set the mount's secret to 32 random bytes or more, and that of the plugin if both sign"}
	}
	if cfg.Keys.Secret == "" {
		return finding{note: secretsNote(cfg, d.now())}
	}
	if _, err := keys.FromText("", cfg.Keys.Algorithm, cfg.Keys.Secret); err != nil {
		return finding{wrong: "keys.secret is weak or not a key for " + cfg.Keys.Algorithm, seen: "nothing, but anybody who guesses it can create tokens",
			cure: "remove keys.secret, so that a key is generated, or set it to the output of 'openssl rand -base64 48'"}
	}
	return finding{note: secretsNote(cfg, d.now())}
}

// secretsNote says of keys.secret and of each mount with a secret since when it is in use and
// until when the previous one is, or what the next start changes; "" if no server has
// started here.
func secretsNote(cfg *config.Config, now time.Time) string {
	list, err := state.MountSecrets(cfg, now)
	if err != nil {
		return "cannot tell whether a secret was changed: " + err.Error()
	}
	var notes []string
	for _, s := range list {
		if text := s.Warning(); text != "" {
			notes = append(notes, text)
			continue
		}
		if !s.Since.IsZero() && s.Set {
			notes = append(notes, fmt.Sprintf("%s is in use since at least %s", s.Name(), s.Since.UTC().Format(time.RFC3339)))
		}
		if text := s.Lives(); text != "" {
			notes = append(notes, text)
		}
	}
	return strings.Join(notes, "; ")
}

// assertionKey warns while the key that sites have pinned is being replaced.
func (d doctor) assertionKey(ctx context.Context) finding {
	cfg, missing := d.settings()
	if cfg == nil {
		return missing
	}
	u, ok := asserting(cfg)
	if !ok {
		return finding{skip: "no upstream has identity: assertion"}
	}
	if _, err := os.Stat(filepath.Join(cfg.Data, state.AssertionKeysFile)); err != nil {
		return finding{skip: notHere("keys")}
	}
	ring, err := state.ReadAssertionKeys(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return finding{wrong: err.Error(), seen: "no server", cure: "allow the server's account to read the file"}
	}
	defer ring.Close()
	list := ring.All()
	i := slices.IndexFunc(list, func(k keys.Info) bool { return k.State == keys.Next })
	if i < 0 || d.isPinned(ctx, cfg, u, ring, list[i].ID) {
		return finding{}
	}
	return finding{
		wrong: fmt.Sprintf("the key %s, which sites have pinned, stops signing at %s and is replaced by %s", ring.Active().ID, list[i].NotBefore.UTC().Format(time.RFC3339), list[i].ID),
		seen:  "401 cardea_bad_assertion from then on, where the next key is not pinned",
		cure:  "paste the output of 'cardea keys export --for assertion' into wp-config.php before; with --direct this check asks the site",
	}
}

// notHere says that something which the first start of a server makes is missing.
func notHere(what string) string {
	return "the " + what + " are not on this machine, or not made yet: run this where the server runs, after its first start"
}

func asserting(cfg *config.Config) (config.Upstream, bool) {
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		if u := cfg.Upstreams[name]; u.Identity == "assertion" {
			return u, true
		}
	}
	return config.Upstream{}, false
}

// isPinned reports whether the site accepts an assertion signed by the given key. Without
// --direct it returns false.
func (d doctor) isPinned(ctx context.Context, cfg *config.Config, u config.Upstream, ring *keys.Ring, kid string) bool {
	key, ok := ring.Find(kid)
	if d.direct == "" || !ok {
		return false
	}
	by, audience := app.Assertions(cfg, u)
	v, err := assertion.NewAssertion(assertion.AssertionConfig{Issuer: by, Audience: audience, Key: func() api.Key { return key }})
	if err != nil {
		return false
	}
	const path = "/wp-json/wp/v2/posts"
	site, err := newProbe(d.direct)
	if err != nil {
		return false
	}
	h, err := v.Credentials(ctx, &api.Attempt{Method: http.MethodGet, Path: site.path() + path}, &core.Decision{Outcome: core.Allowed})
	if err != nil {
		return false
	}
	r, err := d.askDirectly(ctx, site, path, assertion.AssertionHeader, h.Get(assertion.AssertionHeader))
	return err == nil && r.status == http.StatusOK
}
