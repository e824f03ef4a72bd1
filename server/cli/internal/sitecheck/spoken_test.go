package sitecheck

import (
	"testing"

	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect/all"
)

// TestSpoken_completed: flags take precedence over the configuration, and the mount of
// the site's host and of a plugin over other mounts.
func TestSpoken_completed(t *testing.T) {
	own := config.MountHeader{Name: "X-Site-Token", Prefix: "Bearer"}
	cfg := &config.Config{Mounts: []config.Mount{
		{Name: "auth", Dialect: "native", Config: all.Types()["native"]},
		{Name: "elsewhere", Dialect: "cocart", Config: all.Types()["cocart"], Host: "other.example.org"},
		{Name: "blog", Dialect: "miniorange", Config: all.Types()["miniorange"], Prefix: "/blog/", Header: own},
		{Name: "shop", Dialect: "wpjwt", Config: all.Types()["wpjwt"], Prefix: "/shop"},
	}}
	network := &config.Config{Mounts: []config.Mount{
		{Name: "shop", Dialect: "wpjwt", Config: all.Types()["wpjwt"], Prefix: "/shop"},
		{Name: "main", Dialect: "cocart", Config: all.Types()["cocart"]},
		{Name: "www", Dialect: "usefulteam", Config: all.Types()["usefulteam"], Host: "h.example.org", Aliases: []string{"www.example.org"}, Prefix: "/w"},
	}}
	bearer := spoken{header: "Authorization", word: "Bearer"}
	with := func(dialect, prefix, from string, s spoken) spoken {
		s.dialect, s.prefix, s.from = dialect, prefix, from
		return s
	}
	blog := spoken{header: "X-Site-Token", word: "Bearer"}
	for name, tc := range map[string]struct {
		site  string
		flags spoken
		cfg   *config.Config
		want  spoken
	}{
		"nothing said":         {"https://shop.example.org", spoken{}, nil, bearer},
		"flags alone":          {"https://shop.example.org", spoken{dialect: "cocart", prefix: "/a/", header: "X-T"}, nil, spoken{dialect: "cocart", prefix: "/a", header: "X-T", from: "--dialect"}},
		"a plugin first":       {"https://shop.example.org", spoken{}, cfg, with("miniorange", "/blog", "mount blog", blog)},
		"its host":             {"https://Other.example.org:8443", spoken{}, cfg, with("cocart", "", "mount elsewhere", bearer)},
		"by dialect":           {"https://shop.example.org", spoken{dialect: "wpjwt"}, cfg, with("wpjwt", "/shop", "--dialect", bearer)},
		"by prefix":            {"https://shop.example.org", spoken{prefix: "/shop/"}, cfg, with("wpjwt", "/shop", "mount shop", bearer)},
		"native, by name":      {"https://shop.example.org", spoken{dialect: "native"}, cfg, with("native", "", "--dialect", bearer)},
		"prefix in the URL":    {"https://shop.example.org/blog", spoken{}, cfg, with("miniorange", "", "mount blog", blog)},
		"another's URL":        {"https://shop.example.org/shop/", spoken{}, cfg, with("wpjwt", "", "mount shop", bearer)},
		"a path of nobody":     {"https://shop.example.org/none", spoken{}, cfg, bearer},
		"a host is not a path": {"https://shop", spoken{prefix: "/shop"}, cfg, with("wpjwt", "/shop", "mount shop", bearer)},
		"a header by flag":     {"https://shop.example.org", spoken{header: "X-T"}, cfg, with("miniorange", "/blog", "mount blog", spoken{header: "X-T"})},
		"no mount is meant":    {"https://shop.example.org", spoken{prefix: "/none"}, cfg, with("", "/none", "", bearer)},
		"the first site":       {"https://shop.example.org", spoken{}, network, with("cocart", "", "mount main", bearer)},
		"another site":         {"https://shop.example.org/shop", spoken{}, network, with("wpjwt", "", "mount shop", bearer)},
		"an alias":             {"https://www.example.org/w", spoken{}, network, with("usefulteam", "", "mount www", bearer)},
		"a path at its host":   {"https://h.example.org/w/", spoken{}, network, with("usefulteam", "", "mount www", bearer)},
		"not of that dialect":  {"https://shop.example.org", spoken{dialect: "usefulteam"}, cfg, with("usefulteam", "", "--dialect", bearer)},
	} {
		p, err := newProbe(tc.site)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := tc.flags.completed(p, tc.cfg, all.Types()); err != nil || got != tc.want {
			t.Errorf("%s: got %+v, error %v; want %+v", name, got, err, tc.want)
		}
	}
	p, err := newProbe("https://shop.example.org")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (spoken{dialect: "oauth"}).completed(p, nil, all.Types()); err == nil {
		t.Error("an unknown dialect was taken")
	}
}
