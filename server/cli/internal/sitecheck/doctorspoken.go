package sitecheck

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
)

// spoken says how to talk to a site: in which dialect, below which prefix, and with which
// header for tokens. An empty dialect must be detected.
type spoken struct {
	dialect, prefix string
	header, word    string // Authorization and Bearer, unless the site has its own
	from            string // where the dialect was found
}

// addSpoken adds the flags for spoken.
func addSpoken(cmd *cobra.Command, s *spoken) {
	flags := cmd.Flags()
	flags.StringVar(&s.dialect, "dialect", "", "dialect of the endpoints, as in mounts (default: from the configuration, otherwise detected)")
	flags.StringVar(&s.prefix, "prefix", "", "path in front of the dialect's own, as in mounts (default: from the configuration)")
	flags.StringVar(&s.header, "header", "", "header that carries the token instead of Authorization (default: from the configuration)")
	flags.StringVar(&s.word, "header-prefix", "", "word in front of the token in --header, such as Bearer")
}

// completed returns s with empty fields set from the matching mount of cfg, which may be
// nil, or to defaults.
func (s spoken) completed(p *probe, cfg *config.Config, types map[string]dialect.Opener) (spoken, error) {
	if s.dialect != "" {
		if types[s.dialect] == nil {
			return s, errNoDialect(s.dialect, types)
		}
		s.from = "--dialect"
	}
	if m, ok := s.mount(p, cfg); ok {
		if s.dialect == "" {
			s.dialect, s.from = m.Dialect, "mount "+m.Name
		}
		if s.prefix == "" {
			s.prefix = m.Prefix
		}
		if s.header == "" {
			s.header, s.word = m.Header.Name, m.Header.Prefix
		}
	}
	s.prefix = strings.TrimSuffix(s.prefix, "/")
	if strings.HasSuffix(p.path(), s.prefix) {
		s.prefix = "" // already in the address
	}
	if s.header == "" {
		s.header, s.word = "Authorization", "Bearer"
	}
	return s, nil
}

// mount returns the matching mount at the site's host and path. One of a plugin's dialect
// takes precedence over one of Cardea's own. Without a path it is the mount without a
// prefix, or else any.
func (s spoken) mount(p *probe, cfg *config.Config) (config.Mount, bool) {
	if cfg == nil {
		return config.Mount{}, false
	}
	u, err := url.Parse(p.base)
	if err != nil {
		return config.Mount{}, false
	}
	prefix := strings.TrimSuffix(s.prefix, "/")
	if prefix == "" {
		prefix = p.path()
	}
	fits := func(m config.Mount) bool {
		here := func(host string) bool { return host == "" || strings.EqualFold(host, u.Hostname()) }
		return slices.ContainsFunc(m.Hosts(), here) && (s.dialect == "" || s.dialect == m.Dialect) &&
			(prefix == "" || strings.TrimSuffix(m.Prefix, "/") == prefix)
	}
	plugins := func(m config.Mount) bool { return m.Traits().WordPress && fits(m) }
	exactly := func(m config.Mount) bool { return plugins(m) && strings.TrimSuffix(m.Prefix, "/") == prefix }
	for _, want := range []func(config.Mount) bool{exactly, plugins, fits} {
		if i := slices.IndexFunc(cfg.Mounts, want); i >= 0 {
			return cfg.Mounts[i], true
		}
	}
	return config.Mount{}, false
}

// credential returns the name and value of the header with a token.
func (s spoken) credential(token string) (name, value string) {
	return s.header, strings.TrimSpace(s.word + " " + token)
}

// whom returns the client to act as: of the named dialect, or of the first that the site
// speaks. ok is false if the site does not speak it. No credential is sent.
func (s spoken) whom(ctx context.Context, p *probe, types map[string]dialect.Opener) (c dialect.NamedClient, ok bool, err error) {
	seen := map[dialect.Call]reply{}
	for _, c := range dialect.Clients(types) {
		if s.dialect != "" && s.dialect != c.Dialect || c.MatchesIndex == nil {
			continue
		}
		r, asked := seen[c.Index]
		if !asked {
			if r, err = p.ask(ctx, c.Index.Method, s.prefix+c.Index.Path, ""); err != nil {
				return c, false, err
			}
			seen[c.Index] = r
		}
		if c.MatchesIndex(r.answer()) {
			return c, true, nil
		}
	}
	c, _ = dialect.ClientOf(types, s.dialect) // zero if the dialect describes no client
	return c, false, nil
}

// bring makes a request with a token.
func (s spoken) bring(ctx context.Context, p *probe, c dialect.Call, token string) (reply, error) {
	name, value := s.credential(token)
	body, headers := "", []string{name, value}
	if c.Method == http.MethodPost {
		body, headers = "{}", append(headers, "Content-Type", "application/json")
	}
	return p.ask(ctx, c.Method, s.prefix+c.Path, body, headers...)
}
