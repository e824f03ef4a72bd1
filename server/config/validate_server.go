package config

import (
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/server/config/internal/form"
	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

func (k *checker) server(s Server) {
	k.complain("server.listen", form.BadListen(s.Listen))
	k.complain("server.admin_listen", form.BadListen(s.AdminListen))
	if form.Clash(s.Listen, s.AdminListen) {
		k.add("server.admin_listen", "is the public listener's address: choose another port")
	}
	for i, host := range s.AdminHosts {
		k.text(tree.Item("server.admin_hosts", i), host)
		k.complain(tree.Item("server.admin_hosts", i), form.BadHost(host))
	}
	if s.PublicURL != "" {
		k.complain("server.public_url", form.BadOrigin(s.PublicURL))
	}
	for i, proxy := range s.TrustedProxies {
		k.complain(tree.Item("server.trusted_proxies", i), form.BadProxy(proxy))
	}
	if (s.TLS.CertFile == "") != (s.TLS.KeyFile == "") {
		k.add("server.tls", "needs both cert_file and key_file, or neither")
	}
	k.positive("server.drain_timeout", s.DrainTimeout)
}

// leastHeldBodies is the minimum memory for request bodies, in bytes: one peer's share of
// it must hold the largest batch.
const leastHeldBodies = 32 << 20

func (k *checker) limits(l Limits) {
	k.between("limits.body_bytes", l.BodyBytes, 1, 1<<30)
	if n := l.HeldBodyBytes; n != 0 && (n < leastHeldBodies || n > math.MaxInt32) {
		k.add("limits.held_body_bytes", "%d is out of range: write 0 for the default, or %d to %d", n, leastHeldBodies, math.MaxInt32)
	}
	k.between("limits.header_bytes", l.HeaderBytes, 4096, 1<<24)
	k.between("limits.hash_concurrency", l.HashConcurrency, 0, 1024)
	k.between("limits.login_failures", l.LoginFailures, 0, 1<<20)
	k.between("limits.logins", l.Logins, 0, 1<<20)
	k.between("limits.refreshes", l.Refreshes, 0, 1<<20)
	k.between("limits.connections", l.Connections, 16, math.MaxInt32)
	k.between("limits.connections_per_peer", l.ConnectionsPerPeer, 0, math.MaxInt32)
	k.between("limits.cache_entries", l.CacheEntries, 0, math.MaxInt32)
}

func (k *checker) users(list []UserDirectory) {
	if len(list) == 0 {
		k.add("users", "is empty: list at least one directory, such as '- type: store'")
	}
	seen := map[string]string{}
	for i, u := range list {
		key := tree.Item("users", i)
		k.name(key+".name", orType(u.Name, u.Type), seen)
		k.directory(key, u)
		k.ownUsers(key, u, list[:i])
	}
}

// ownUsers rejects a directory whose users have the same subjects as an earlier one's, and
// a second store.
func (k *checker) ownUsers(key string, u UserDirectory, earlier []UserDirectory) {
	for i, other := range earlier {
		switch {
		case u.Type == "store" && other.Type == "store":
			k.add(key, "is the store again, as %s: Cardea keeps one set of users, so remove one", tree.Item("users", i))
		case u.Type == "wordpress" && other.Type == "wordpress" && u.Subject() == other.Subject():
			k.add(key+".name", "%s gives its users the same subjects as %s (%s:NUMBER): choose another name", tree.Quote(orType(u.Name, u.Type)), tree.Item("users", i), u.Subject())
		}
	}
}

func (k *checker) directory(key string, u UserDirectory) {
	if u.Type == "store" && (u.DSN != "" || u.Prefix != "" || u.Site != 0) {
		k.add(key, "has settings of a WordPress and is of type store: write type: wordpress, or remove dsn, prefix and site")
	}
	k.between(key+".site", u.Site, 0, math.MaxInt32)
}

// secretBytes returns the minimum length of a shared secret in bytes: that of the hash
// (RFC 7518 section 3.2); 0 for other algorithms.
func secretBytes(algorithm string) int {
	switch algorithm {
	case "HS256":
		return 32
	case "HS384":
		return 48
	case "HS512":
		return 64
	}
	return 0
}

func (k *checker) keys(c Keys) {
	if every := c.AssertionRotateEvery; every > 0 && every <= c.AssertionPublishAhead {
		k.add("keys.assertion_rotate_every", "%s must be longer than keys.assertion_publish_ahead (%s)", every, c.AssertionPublishAhead)
	}
	k.furtherAlgorithms(c)
	least, got := secretBytes(c.Algorithm), len(c.Secret)
	switch {
	case got == 0:
	case c.File != "":
		k.add("keys.secret", "is set, and so is keys.file: keep one")
	case c.AllowWeakSecret && least > 0:
	case least == 0:
		k.add("keys.secret", "is not a key for %.20s: use keys.file, or one of HS256, HS384, HS512", c.Algorithm)
	case got < least:
		k.add("keys.secret", "has %d bytes, %s needs at least %d: 'openssl rand -base64 %d' makes one", got, c.Algorithm, least, least)
	}
}

// furtherAlgorithms checks that keys.also lists supported algorithms, without duplicates,
// and that the keys are generated.
func (k *checker) furtherAlgorithms(c Keys) {
	if len(c.Also) > 0 && (c.File != "" || c.Secret != "" && !c.AllowWeakSecret) {
		k.add("keys.also", "is for generated keys: remove it, or keys.file and keys.secret")
	}
	f, _ := tree.FieldOf(reflect.TypeFor[Keys](), "algorithm")
	for i, a := range c.Also {
		switch {
		case !slices.Contains(f.Enum, a):
			k.add(tree.Item("keys.also", i), "%s", tree.NotOneOf(a, f.Enum))
		case a == c.Algorithm || slices.Contains(c.Also[:i], a):
			k.add(tree.Item("keys.also", i), "%s is named already: remove it", a)
		}
	}
}

// maxLeeway is the engine's maximum.
const maxLeeway = 5 * time.Minute

func (k *checker) tokens(t Tokens) {
	k.complain("tokens.issuer", form.BadIssuer(t.Issuer))
	for i, a := range t.Audience {
		k.complain(tree.Item("tokens.audience", i), form.BadAudience(a))
	}
	k.roles("tokens.refuse_roles", t.RefuseRoles)
	k.positive("tokens.min_ttl", t.MinTTL)
	if leeway := t.Leeway.Std(); leeway < 0 || leeway > maxLeeway {
		k.add("tokens.leeway", "%s is too much for clocks that are kept: want 0 to 5m", t.Leeway)
	}
	def := tree.Defaults[Tokens]()
	switch {
	case t.MinTTL > t.MaxTTL && t.MinTTL == def.MinTTL:
		k.addShort("tokens.max_ttl", t.MaxTTL, "tokens.min_ttl", t.MinTTL)
	case t.MinTTL > t.MaxTTL:
		k.add("tokens.min_ttl", "%s is longer than tokens.max_ttl (%s): lower it, or raise max_ttl", t.MinTTL, t.MaxTTL)
	case t.AccessTTL < t.MinTTL:
		k.add("tokens.access_ttl", "%s is shorter than tokens.min_ttl (%s): raise it, or lower min_ttl", t.AccessTTL, t.MinTTL)
	case t.AccessTTL > t.MaxTTL && t.AccessTTL == def.AccessTTL:
		k.addShort("tokens.max_ttl", t.MaxTTL, "tokens.access_ttl", t.AccessTTL)
	case t.AccessTTL > t.MaxTTL:
		k.add("tokens.access_ttl", "%s is longer than tokens.max_ttl (%s): lower it, or raise max_ttl", t.AccessTTL, t.MaxTTL)
	case t.RefreshTTL < t.AccessTTL:
		k.add("tokens.refresh_ttl", "%s is shorter than tokens.access_ttl (%s): a refresh token must outlive it", t.RefreshTTL, t.AccessTTL)
	}
}

// addShort reports a setting that is below another one's default.
func (k *checker) addShort(key string, d Duration, other string, least Duration) {
	k.add(key, "%s is shorter than %s (%s, the default): raise it, or lower that", d, other, least)
}

func (k *checker) revocation(r Revocation) {
	k.positive("revocation.poll_every", r.PollEvery)
	switch {
	case r.PollEvery < r.MaxStaleness:
	case r.MaxStaleness == tree.Defaults[Revocation]().MaxStaleness:
		k.add("revocation.poll_every", "%s must be shorter than revocation.max_staleness (%s, the default): lower it, or raise max_staleness", r.PollEvery, r.MaxStaleness)
	default:
		k.add("revocation.max_staleness", "%s must be longer than revocation.poll_every (%s): raise it, or lower poll_every", r.MaxStaleness, r.PollEvery)
	}
}
