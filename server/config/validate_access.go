package config

import (
	"errors"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config/internal/form"
	"github.com/cardea-auth/cardea/server/config/internal/tree"
	"github.com/cardea-auth/cardea/server/dialect"
)

func (k *checker) methods(c Config, types []string) {
	if len(c.Methods) == 0 {
		k.add("methods", "is empty, so nobody could log in: list at least one, such as '- type: jwt'")
	}
	seen := map[string]string{}
	around := core.Surroundings{}
	for _, u := range c.Users {
		around.Directories = append(around.Directories, u.Type)
	}
	for i, m := range c.Methods {
		key := tree.Item("methods", i)
		if m.Config == nil {
			k.add(key+".type", "%s", badType(m.Type, types))
		} else if v, ok := api.Capability[core.Validator](m.Config); ok {
			k.settings(key, v.Validate(around))
		}
		k.name(key+".name", orType(m.Name, m.Type), seen)
		k.roles(key+".refuse_roles", m.RefuseRoles)
	}
}

// badType returns the message for an unknown type.
func badType(name string, types []string) string {
	if len(types) == 0 {
		return tree.Quote(name) + " is not known here: add it to the types that the configuration is read with"
	}
	return tree.NotOneOf(name, types)
}

// settings adds a problem for every error that err joins, under the setting's key if it
// is an [api.SettingError].
func (k *checker) settings(key string, err error) {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range several.Unwrap() {
			k.settings(key, e)
		}
		return
	}
	if bad, ok := errors.AsType[*api.SettingError](err); ok {
		p := Problem{Key: key + "." + bad.Setting, Text: bad.Text}
		for _, rest := range bad.Rests {
			p.Rests = append(p.Rests, key+"."+rest)
		}
		k.problems = append(k.problems, p)
	} else if err != nil {
		k.add(key, "%v", err)
	}
}

func (k *checker) mounts(c Config, dialects []string) {
	seen, places := map[string]string{}, map[string]string{}
	around := dialect.Surroundings{}
	for _, m := range c.Methods {
		around.Methods = append(around.Methods, m.Type)
	}
	for i, m := range c.Mounts {
		key := tree.Item("mounts", i)
		if m.Config == nil {
			k.add(key+".dialect", "%s", badType(m.Dialect, dialects))
		} else if v, ok := api.Capability[dialect.Validator](m.Config); ok {
			k.settings(key, v.Validate(around))
		}
		k.name(key+".name", m.Name, seen)
		if m.Name == policy.NativeName && m.Config != nil && m.HasOwnTokens() {
			k.add(key+".name", "is native, the name of Cardea's own token format: choose another")
		}
		k.complain(key+".host", form.BadHost(m.Host))
		k.complain(key+".prefix", form.BadPrefix(m.Prefix))
		k.complain(key+".issuer", form.BadIssuer(m.Common().Issuer))
		for n, iss := range m.Common().AcceptIssuers {
			k.text(tree.Item(key+".accept_issuers", n), iss)
			k.complain(tree.Item(key+".accept_issuers", n), form.BadIssuer(iss))
		}
		k.site(c.Mounts[:i], key, m)
		place := m.Host + m.Prefix + " " + m.Traits().Base
		if first, twice := places[place]; twice {
			k.add(key, "answers at the same host and prefix as %s: change one of them", first)
			continue
		}
		places[place] = key
	}
}

func (k *checker) upstreams(c Config) {
	for _, name := range namesOf(c.Upstreams) {
		u, key := c.Upstreams[name], tree.Join("upstreams", name)
		siteChecker{k}.identity(key, u, c)
		siteChecker{k}.exclusions(key+".exclude", u)
		if _, err := route.ForwardNames(u.ForwardHeaders); err != nil {
			k.addEach(key+".forward_headers", err)
		} else if len(u.ForwardHeaders) > 0 && len(c.Server.TrustedProxies) == 0 {
			k.add(key+".forward_headers", "has no effect without server.trusted_proxies: only a proxy that is listed there may send them")
		}
		if _, err := route.OverrideNames(u.MethodHeaders); err != nil {
			k.addEach(key+".method_headers", err)
		}
		if slices.Contains(u.RouteParameters, "") {
			k.add(key+".route_parameters", "has an empty name: remove it")
		}
		k.complain(key, form.BadName(name))
		switch u.URL {
		case DemoUpstream:
		case "":
			k.add(key+".url", "is missing: write the application's address, such as http://127.0.0.1:8000")
		default:
			k.complain(key+".url", form.BadOrigin(u.URL))
		}
	}
}

func (k *checker) rules(list []Rule, upstreams map[string]Upstream) {
	seen := map[string]string{}
	for i, r := range list {
		key := tree.Item("rules", i)
		k.name(key+".name", r.Name, seen)
		k.complain(key+".host", form.BadHost(r.Host))
		k.complain(key+".path", form.BadPattern(r.Path))
		k.verbs(key+".methods", r.Methods)
		k.requirements(key, r)
		k.header(key+".header", r.Header)
		if _, known := upstreams[r.Upstream]; r.Upstream != "" && !known {
			k.unknown(key+".upstream", r.Upstream, "upstream", namesOf(upstreams), "upstreams.*")
		}
		k.passAuthorization(key+".pass_authorization", r, upstreams)
	}
}

// passAuthorization rejects pass_authorization for upstreams whose identity is sent in
// Authorization, since the header has only one value.
func (k *checker) passAuthorization(key string, r Rule, upstreams map[string]Upstream) {
	for name, u := range upstreams {
		if !r.PassAuthorization || name != r.Upstream && (r.Upstream != "" || len(upstreams) > 1) {
			continue
		}
		if u.Identity == "plugin-compat" || u.Identity == "application-password" {
			k.add(key, "upstream %s is told in Authorization who asks (identity: %s): choose identity: assertion there, or remove this", name, u.Identity)
		}
	}
}

func (k *checker) verbs(key string, list []string) {
	for i, verb := range list {
		switch {
		case !form.IsToken(verb):
			k.add(tree.Item(key, i), "%s is not an HTTP method: write it as GET", tree.Quote(verb))
		case verb != strings.ToUpper(verb):
			k.add(tree.Item(key, i), "HTTP methods are case-sensitive: write %s", strings.ToUpper(verb))
		case slices.Index(list, verb) < i:
			k.add(tree.Item(key, i), "%s is in the list already: remove one", verb)
		}
	}
}

// requirements rejects a public rule that requires roles or scopes.
func (k *checker) requirements(key string, r Rule) {
	for i, role := range r.Roles {
		k.text(tree.Item(key+".roles", i), role)
	}
	for i, scope := range r.Scopes {
		k.text(tree.Item(key+".scopes", i), scope)
	}
	if r.Access == "public" && len(r.Roles)+len(r.Scopes) > 0 {
		k.add(key+".access", "is public, so roles and scopes would never be looked at: write required, or remove them")
	}
}

func (k *checker) header(key string, h RuleHeader) {
	if h.Name == "" {
		if h.RefuseStandard {
			k.add(key+".refuse_standard", "would refuse every credential: name the header that carries it")
		}
		if h.Prefix != "" {
			k.add(key+".prefix", "has no effect without a header name")
		}
		return
	}
	k.complain(key+".name", form.BadHeader(h.Name))
	if h.Prefix != "" && !form.IsToken(h.Prefix) {
		k.add(key+".prefix", "%s must be one word without blanks, such as Bearer", tree.Quote(h.Prefix))
	}
}

// site checks the header and the roles of a mount's site.
func (k *checker) site(earlier []Mount, key string, m Mount) {
	k.header(key+".header", RuleHeader{Name: m.Header.Name, Prefix: m.Header.Prefix})
	k.roles(key+".refuse_roles.login", m.RefuseRoles.Login)
	k.roles(key+".refuse_roles.basic", m.RefuseRoles.Basic)
	k.roles(key+".refuse_roles.jwt", m.RefuseRoles.JWT)
	for i, other := range earlier {
		if m.Header != other.Header && m.Header.Name != "" && other.Header.Name != "" && other.Host == m.Host && other.Prefix == m.Prefix {
			k.add(key+".header", "%s has another for the same host and prefix: write the same", tree.Item("mounts", i))
		}
	}
}

func (k *checker) roles(key string, list []string) {
	for i, role := range list {
		k.text(tree.Item(key, i), role)
		if slices.Index(list, role) < i {
			k.add(tree.Item(key, i), "%s is in the list already: remove one", tree.Quote(role))
		}
	}
}
