package all

import (
	"maps"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/server/dialect"
)

func TestClients_eachDialect(t *testing.T) {
	var got []string
	for _, c := range dialect.Clients(Types()) {
		got = append(got, c.Dialect)
		if c.Login.Path == "" || len(c.Token) == 0 || c.Try.Path == "" || c.BadTry.Path == "" || len(c.NoHeader) == 0 || len(c.BadToken) == 0 {
			t.Errorf("%s: something is missing: %+v", c.Dialect, c)
		}
	}
	slices.Sort(got)
	if want := slices.Sorted(maps.Keys(Types())); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if _, ok := dialect.ClientOf(Types(), "oauth"); ok {
		t.Error("ClientOf(oauth) is known")
	}
}

func TestClient_MatchesIndex(t *testing.T) {
	index := func(namespace string, paths ...string) map[string]any {
		routes := map[string]any{}
		for _, path := range paths {
			routes["/"+namespace+path] = map[string]any{}
		}
		return map[string]any{"namespace": namespace, "routes": routes}
	}
	for name, tc := range map[string]struct {
		status int
		body   map[string]any
		want   []string
	}{
		"wpjwt":         {200, index("jwt-auth/v1", "/token", "/token/validate"), []string{"wpjwt"}},
		"wpjwtpro":      {200, index("jwt-auth/v1", "/token", "/token/validate", "/token/refresh", "/token/revoke"), []string{"wpjwtpro"}},
		"usefulteam":    {200, index("jwt-auth/v1", "/token", "/token/validate", "/token/refresh"), []string{"usefulteam"}},
		"miniorange":    {200, index("api/v1", "/token", "/token-validate"), []string{"miniorange"}},
		"cocart":        {200, index("cocart/jwt", "/validate-token", "/refresh-token"), []string{"cocart"}},
		"cocart1":       {200, index("cocart/v2"), []string{"cocart1"}},
		"native":        {405, map[string]any{"code": "method_not_allowed"}, []string{"native"}},
		"others' api":   {200, index("api/v1", "/things"), nil},
		"other JSON":    {200, map[string]any{"hello": "world"}, nil},
		"no object":     {200, nil, nil},
		"odd routes":    {200, map[string]any{"namespace": "jwt-auth/v1", "routes": []any{}}, nil},
		"not found":     {404, index("jwt-auth/v1", "/token", "/token/validate"), nil},
		"other refusal": {401, map[string]any{"code": "no_credential"}, nil},
	} {
		var got []string
		for _, c := range dialect.Clients(Types()) {
			if c.MatchesIndex(dialect.Answer{Status: tc.status, Object: tc.body}) {
				got = append(got, c.Dialect)
			}
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %v, want %v", name, got, tc.want)
		}
	}
}

func TestClient_TokenIn(t *testing.T) {
	c, _ := dialect.ClientOf(Types(), "usefulteam")
	for _, tc := range []struct {
		body map[string]any
		want string
	}{
		{map[string]any{"data": map[string]any{"token": "a.b.c"}}, "a.b.c"},
		{map[string]any{"token": "a.b.c"}, ""},
		{map[string]any{"data": []any{}}, ""},
		{map[string]any{"data": map[string]any{"token": 7.0}}, ""},
		{nil, ""},
	} {
		if got := c.TokenIn(dialect.Answer{Object: tc.body}); got != tc.want {
			t.Errorf("TokenIn(%v) = %q, want %q", tc.body, got, tc.want)
		}
	}
}

// TestDefault: quickstart finds one dialect of the list to serve at a site without a plugin.
func TestDefault(t *testing.T) {
	var marked []string
	for _, c := range dialect.Clients(Types()) {
		if c.Default {
			marked = append(marked, c.Dialect)
		}
	}
	if got := dialect.Default(Types()); len(marked) != 1 || got != marked[0] {
		t.Errorf("Default returns %q, want the one of %q", got, marked)
	}
	if got := dialect.Default(nil); got != "" {
		t.Errorf("Default of an empty list returns %q, want none", got)
	}
}
