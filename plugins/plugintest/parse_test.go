package plugintest_test

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins/plugintest"
)

// TestParse_mistakes: a file with a mistake is refused with advice on how to fix it.
func TestParse_mistakes(t *testing.T) {
	one := func(vector string) string { return `{"vectors":[` + vector + `]}` }
	for name, test := range map[string]struct{ text, want string }{
		"no JSON":            {"{\n\n,", "line 3"},
		"two values":         {`{"vectors":[]} {}`, "more than one JSON value"},
		"no vectors":         {`{"vectors":[]}`, "the list is empty"},
		"unknown member":     {one(`{"name":"x","point":"auth-expire","wants":{}}`), `unknown field "wants"`},
		"wrong type":         {one(`{"name":1}`), "line 1"},
		"no name":            {one(`{"point":"auth-expire","want":{}}`), "it has no name"},
		"no such point":      {one(`{"name":"x","point":"auth-expired","want":{}}`), "hooks list"},
		"no such key":        {one(`{"name":"x","point":"auth-expire","event":{"livetime":1},"want":{}}`), "it has iat lifetime exp"},
		"wrong value":        {one(`{"name":"x","point":"auth-expire","event":{"lifetime":"1"},"want":{}}`), "must be int"},
		"half a second":      {one(`{"name":"x","point":"auth-expire","event":{"lifetime":1.5},"want":{}}`), "must be int"},
		"read-only":          {one(`{"name":"x","point":"auth-expire","want":{"journal":{"iat":1}}}`), "these can: lifetime exp"},
		"nothing can":        {one(`{"name":"x","point":"token-verify","want":{"journal":{"kid":"1"}}}`), "these can: none"},
		"unknown status":     {one(`{"name":"x","point":"auth-expire","want":{"status":"ok"}}`), "must be one of continue"},
		"journal of refusal": {one(`{"name":"x","point":"auth-expire","want":{"status":"refuse","journal":{"lifetime":1}}}`), "no changes are kept"},
		"refusal of none":    {one(`{"name":"x","point":"auth-expire","want":{"refusal":{}}}`), "goes with status"},
		"fault of none":      {one(`{"name":"x","point":"auth-expire","want":{"fault":"fuel"}}`), "go with status"},
		"load and status":    {one(`{"name":"x","point":"auth-expire","want":{"status":"stop","load_error":"x"}}`), "exclude each other"},
		"twice":              {one(`{"name":"x","point":"auth-expire","want":{}},{"name":"x","point":"auth-expire","want":{}}`), "is used twice"},
	} {
		_, err := plugintest.Parse([]byte(test.text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q in it", name, err, test.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"vectors":[{"name":"x","point":"auth-expire","event":{"lifetime":1},"want":{"journal":{"lifetime":1}}}]}`)
	f.Add(`{"defaults":{"config":{"a":[1]},"clock":"2026-01-01T00:00:00Z"},"vectors":[]}`)
	f.Fuzz(func(t *testing.T, text string) {
		file, err := plugintest.Parse([]byte(text))
		if err != nil {
			return
		}
		for _, v := range file.Vectors {
			if v.Name == "" || v.Want.Status == "" && v.Want.LoadError == "" {
				t.Errorf("accepted %+v", v)
			}
		}
	})
}
