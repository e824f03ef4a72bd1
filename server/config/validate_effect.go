package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

// effectChecker reports settings without an effect.
type effectChecker struct{ *checker }

// effects reports settings that have no effect because of another setting.
func (k effectChecker) effects(c Config) {
	k.corsEffect(c.CORS)
	k.stateEffects(c)
	k.issuerEffects(c)
	for i, r := range c.Rules {
		k.ruleEffects(tree.Item("rules", i), r)
	}
	for i, p := range c.Plugins {
		k.pluginEffects(tree.Item("plugins", i), p)
	}
	for i, h := range c.Hooks {
		k.hookEffects(tree.Item("hooks", i), h)
	}
}

// idle is a setting that may have no effect: given says that it is set and has none, why
// what would give it one.
type idle struct {
	key   string
	given bool
	why   string
	rests string // the settings that cause this, separated by spaces
}

func (k effectChecker) idle(list ...idle) {
	for _, x := range list {
		if x.given {
			k.add(x.key, "has no effect %s", x.why)
			k.problems[len(k.problems)-1].Rests = strings.Fields(x.rests)
		}
	}
}

func (k effectChecker) corsEffect(c CORS) {
	if c.Enabled {
		return
	}
	const why, on = "without cors.enabled: true: write it, or remove this", "cors.enabled"
	def := tree.Defaults[CORS]()
	k.idle(
		idle{"cors.origins", !slices.Equal(c.Origins, def.Origins), why, on},
		idle{"cors.methods", !slices.Equal(c.Methods, def.Methods), why, on},
		idle{"cors.headers", !slices.Equal(c.Headers, def.Headers), why, on},
		idle{"cors.expose", !slices.Equal(c.Expose, def.Expose), why, on},
		idle{"cors.credentials", c.Credentials, why, on},
		idle{"cors.max_age", c.MaxAge != def.MaxAge, why, on},
	)
}

func (k effectChecker) stateEffects(c Config) {
	asserts := false
	for _, u := range c.Upstreams {
		asserts = asserts || u.Identity == "assertion"
	}
	given := c.Keys.File != "" || c.Keys.Secret != "" && !c.Keys.AllowWeakSecret
	own := len(c.Mounts) == 0 || slices.ContainsFunc(c.Mounts, func(m Mount) bool {
		_, refresh := m.Lifetimes()
		return !m.HasOwnTokens() && refresh == 0
	})
	k.idle(
		idle{"tokens.refresh_ttl", c.Tokens.RefreshTTL != tree.Defaults[Tokens]().RefreshTTL && !own, "without a mount that issues Cardea's own tokens and has no refresh_life: write refresh_life in the mount, or remove this", "mounts[].dialect mounts[].refresh_life"},
		idle{"store.dsn", c.Store.Driver == "memory" && c.Store.DSN != "", "with driver memory, which keeps nothing: write driver: sqlite, or remove it", "store.driver"},
		idle{"keys.rotate_every", c.Keys.RotateEvery != 0 && given, "with a key of your own: replace the key yourself, or remove keys.file and keys.secret", "keys.secret keys.file"},
		idle{"keys.allow_weak_secret", c.Keys.AllowWeakSecret && c.Keys.Secret == "", "without keys.secret: write it, or remove this", "keys.secret"},
		idle{"keys.assertion_rotate_every", c.Keys.AssertionRotateEvery != 0 && !asserts, "without an upstream with identity: assertion: remove it", "upstreams.*.identity"},
	)
}

func (k effectChecker) issuerEffects(c Config) {
	takesTokens := slices.ContainsFunc(c.Methods, func(m Method) bool { return m.Type == "jwt" })
	for i, x := range c.Issuers {
		key := tree.Item("issuers", i)
		k.idle(
			idle{key, !takesTokens, "without a method that takes tokens: add '- type: jwt' to methods", "methods[].type"},
			idle{key + ".roles_claim", x.RolesClaim != "" && len(x.Roles) == 0, "without roles, which say which role there is which one here: write them, or remove this", key + ".roles"},
			idle{key + ".allow_private", x.AllowPrivate && x.JWKSFile != "", "with jwks_file, since nothing is fetched: remove it", key + ".jwks_file"},
		)
	}
}

func (k effectChecker) ruleEffects(key string, r Rule) {
	public := r.Access == "public"
	k.idle(
		idle{key + ".on_bad_token", r.OnBadToken != "mount" && r.OnBadToken != "" && r.Access != "optional", fmt.Sprintf("with access: %.20s: write access: optional, or remove it", r.Access), key + ".access"},
		idle{key + ".accepts_from", len(r.AcceptsFrom) > 0 && public, "with access: public, which asks for no token: remove it", key + ".access"},
		idle{key + ".on_revoke", r.OnRevoke != "" && public, "with access: public, which asks for no credential: remove it", key + ".access"},
	)
}

func (k effectChecker) pluginEffects(key string, p Plugin) {
	def := tree.Defaults[PluginLimits]()
	for _, name := range namesOf(p.Secrets) {
		k.idle(idle{tree.Join(key+".secrets", name), p.Secrets[name].Secret != "" && !slices.Contains(p.Grants.Secrets, name), "unless grants.secrets lists it: add it there, or remove it", key + ".grants"})
	}
	http, kv := len(p.Grants.HTTP) == 0, !p.Grants.KV
	k.idle(
		idle{key + ".limits.fetches", http && p.Limits.Fetches != def.Fetches, "without grants.http: remove it", key + ".grants"},
		idle{key + ".limits.fetch_bytes", http && p.Limits.FetchBytes != def.FetchBytes, "without grants.http: remove it", key + ".grants"},
		idle{key + ".limits.kv_entries", kv && p.Limits.KVEntries != def.KVEntries, "without grants.kv: remove it", key + ".grants"},
		idle{key + ".limits.kv_bytes", kv && p.Limits.KVBytes != def.KVBytes, "without grants.kv: remove it", key + ".grants"},
	)
}

// widening returns the hook points at which an expression can add roles.
func widening() []string { return []string{"login-after", "identity-resolved", "token-claims"} }

func (k effectChecker) hookEffects(key string, h Hook) {
	k.idle(
		idle{key + ".allow", h.Expr != "" && len(h.Allow) > 0 && !slices.Contains(widening(), h.Point), "at this point, where no roles are set: remove it", key + ".point"},
		idle{key + ".on_error", h.Expr == "" && h.Shadow && h.OnError != "auto" && h.OnError != "", "with shadow: true, whose failures change nothing: remove it", key + ".shadow"},
	)
}
