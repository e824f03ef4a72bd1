package check

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
	"github.com/cardea-auth/cardea/server/mount"
)

// OfAllMounts lists the settings that say where a mount is and which site it belongs to:
// they have an effect in every dialect.
func OfAllMounts() []string {
	return []string{
		"name", "dialect", "host", "aliases", "prefix", "directory", "accepts_from", "header", "refuse_roles", "cors_origins",
	}
}

// effects finds settings of mounts and upstreams that were set but have no effect.
func (c *checker) effects(cfg *config.Config) {
	for i, m := range cfg.Mounts {
		used := append(OfAllMounts(), dialects.Settings(m.Dialect)...)
		for _, name := range m.Given() {
			if !slices.Contains(used, name) && !(m.Dialect == "native" && name == "issuer") { // see NativeIssuers
				c.add(fmt.Sprintf("mounts[%d].%s", i, name), fmt.Errorf("has no effect with dialect %s: remove it", m.Dialect))
			}
		}
		c.mountEffects(fmt.Sprintf("mounts[%d].", i), m)
	}
	read := mount.Readers(cfg)
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		u := cfg.Upstreams[name].WithDefaults()
		if _, ok := read[name]; ok || u.Kind == "other" { // which is reported with the values
			continue
		}
		if len(u.PathInfo) > 0 {
			c.add("upstreams."+name+".path_info", errNoWordPress)
		}
		if !slices.Equal(u.RESTPath, config.Upstream{}.WithDefaults().RESTPath) {
			c.add("upstreams."+name+".rest_path", errNoWordPress)
		}
	}
}

// NativeIssuers finds issuers of native mounts, whose tokens use tokens.issuer. The check
// rejects them; a server still starts, for compatibility.
func NativeIssuers(cfg *config.Config) (list config.Problems) {
	for i, m := range cfg.Mounts {
		if m.Dialect == "native" && m.Issuer != "" {
			list = append(list, config.Problem{
				Key: fmt.Sprintf("mounts[%d].issuer", i), Text: "has no effect with dialect native, whose tokens name tokens.issuer: write it there, or remove it",
			})
		}
	}
	return list
}

var errNoWordPress = errors.New("has no effect, since the upstream is not read as a WordPress: write kind: wordpress, or remove it")

// mountEffects finds settings that require another one.
func (c *checker) mountEffects(key string, m config.Mount) {
	for _, x := range [...]struct {
		name  string
		idle  bool
		wants string
		rests string
	}{
		{"allow_weak_secret", m.AllowWeakSecret && m.Secret == "", "without a secret: write one, or remove it", "secret"},
		{"foreign_tokens", m.ForeignTokens && m.Secret == "" && m.Dialect == "wpjwtpro", "without the secret that the plugin signs with: write it, or remove this", "secret"},
		{"foreign_tokens", m.ForeignTokens && m.Claims == "exact", "with claims: exact, which accepts such tokens anyway: remove it", "claims"},
		{"login_names_only", m.LoginNamesOnly && m.Dialect == "miniorange" && m.RefreshLife == 0, "without refresh_life, since the plugin's free edition takes names only: remove it", "refresh_life"},
	} {
		if x.idle { // once per setting
			p := config.Problem{Key: key + x.name, Text: "has no effect " + x.wants, Rests: []string{key + x.rests}}
			c.list = c.list.With(config.Problems{p})
		}
	}
}
