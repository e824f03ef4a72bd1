package config

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/config/internal/form"
	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

// Validate checks everything that can be checked without opening a file or a socket. The
// error is an *Error with every mistake; Load adds their origins.
func (c Config) Validate() error {
	return Problems(check(c, Types{})).Err()
}

// check validates c. The types are used in messages only and may be empty.
func check(c Config, types Types) []Problem {
	k := &checker{}
	for _, name := range namesOf(c.Upstreams) {
		if list := c.Upstreams[name].RESTPath; list != nil && len(list) == 0 {
			k.add(tree.Join("upstreams", name)+".rest_path", "is empty, which has no effect: write where the REST API is, or remove it for /wp-json")
		}
	}
	c.Upstreams = completed(c.Upstreams)
	k.words(c)
	k.server(c.Server)
	k.limits(c.Limits)
	k.cors(c)
	k.text("data", c.Data)
	k.users(c.Users)
	k.keys(c.Keys)
	k.tokens(c.Tokens)
	issuerChecker{k}.issuers(c.Issuers, ownIssuers(c))
	k.revocation(c.Revocation)
	k.methods(c, slices.Sorted(maps.Keys(types.Methods)))
	k.mounts(c, slices.Sorted(maps.Keys(types.Dialects)))
	placeChecker{k}.places(c)
	k.upstreams(c)
	k.rules(c.Rules, c.Upstreams)
	extensions := pluginChecker{k}
	extensions.plugins(c.Plugins)
	extensions.sandbox(c.Sandbox, c.Plugins)
	extensions.hooks(c.Hooks, c.Plugins)
	idle := effectChecker{&checker{}}
	idle.effects(c)
	return k.problems.With(idle.problems)
}

// checker collects the problems of one Config.
type checker struct{ problems Problems }

func (k *checker) add(key, format string, args ...any) {
	k.problems.add(key, Origin{}, format, args...)
}

// addEach adds every error that err joins.
func (k *checker) addEach(key string, err error) {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range several.Unwrap() {
			k.addEach(key, e)
		}
		return
	}
	k.add(key, "%v", err)
}

// complain adds a complaint unless it is "".
func (k *checker) complain(key, complaint string) {
	if complaint != "" {
		k.add(key, "%s", complaint)
	}
}

// words checks every enum setting, and that no duration is negative.
func (k *checker) words(c Config) {
	tree.Visit(reflect.ValueOf(c), "", func(s tree.Setting) {
		if tree.IsDuration(s.Type) && s.Value.Int() < 0 {
			k.add(s.Name, "must not be negative")
		}
		if s.Enum == nil || slices.Contains(s.Enum, s.Value.String()) {
			return
		}
		k.add(s.Name, "%s", tree.NotOneOf(s.Value.String(), s.Enum))
	})
}

// name checks that the name of a list entry is valid and unique.
func (k *checker) name(key, name string, seen map[string]string) {
	if name == "" {
		k.add(key, "is missing: give the entry a name, such as \"main\"")
		return
	}
	k.complain(key, form.BadName(name))
	if first, twice := seen[name]; twice {
		k.add(key, "%.60q is the name of %s already: choose another", name, first)
		return
	}
	seen[name] = key[:strings.LastIndexByte(key, '.')]
}

func (k *checker) text(key, value string) {
	if value == "" {
		k.add(key, "must not be empty")
	}
}

func (k *checker) positive(key string, d Duration) {
	if d == 0 {
		k.add(key, "must be longer than 0")
	}
}

// between checks that low <= n <= high.
func (k *checker) between(key string, n, low, high int) {
	if n < low || n > high {
		k.add(key, "%d is out of range: write %d to %d", n, low, high)
	}
}

// unknown reports a reference to something that is not configured; rests are the settings
// that define the known names. Nothing is reported while one of them is empty, since it
// may be the one that is referred to.
func (k *checker) unknown(key, name, kind string, known []string, rests ...string) {
	if slices.Contains(known, "") {
		return
	}
	k.add(key, "%s", tree.UnknownName(name, kind, known))
	k.problems[len(k.problems)-1].Rests = rests
}

func namesOf[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
