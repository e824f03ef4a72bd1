package check

import (
	"strings"
	"testing"
)

// TestLint_letters: a rule that a path in another case avoids, at an application of which
// nobody has said whether that matters.
func TestLint_letters(t *testing.T) {
	const rules = "rules: [{name: adm, path: /admin/**, roles: [administrator]}, {name: rest, path: /**}]"
	const warns = `rule "adm" counts letters: GET /ADMIN/X is decided by rule "rest"`
	for _, c := range []struct{ name, text, warns string }{
		{"nothing said", "upstreams: {app: {url: 'http://h', kind: other}}\n" + rules, warns},
		{"letters count", "upstreams: {app: {url: 'http://h', kind: other, letter_case: distinct}}\n" + rules, ""},
		{"they do not", "upstreams: {app: {url: 'http://h', kind: other, letter_case: same}}\n" + rules, ""},
		{"a WordPress", "upstreams: {app: {url: 'http://h', kind: wordpress}}\n" + rules, ""},
		{"no other kind of application is named", "upstreams: {app: {url: 'http://h'}}\n" + rules, ""},
		{"two applications", "upstreams: {app: {url: 'http://h', kind: other}, to: {url: 'http://i', kind: other}}\nrules: [{name: adm, path: /admin/**, upstream: app, roles: [administrator]}, {name: rest, path: /**, upstream: app}]", warns},
		{"a rule that is no stricter", "upstreams: {app: {url: 'http://h', kind: other}}\nrules: [{name: adm, path: /admin/**}, {name: rest, path: /**}]", ""},
		{"a rule for everything else that is as strict", "upstreams: {app: {url: 'http://h', kind: other}}\nrules: [{name: adm, path: /admin/**, roles: [administrator]}, {name: rest, path: /**, roles: [administrator]}]", ""},
		{"no other rule", "upstreams: {app: {url: 'http://h', kind: other}}\nrules: [{name: adm, path: /admin/**, roles: [administrator]}]", ""},
		{"no letters", "upstreams: {app: {url: 'http://h', kind: other}}\nrules: [{name: n, path: /1, roles: [administrator]}, {name: rest, path: /**}]", ""},
	} {
		got := ""
		for _, text := range Lint(load(t, c.text)) {
			if strings.Contains(text, "counts letters") {
				got += text
			}
		}
		if c.warns == "" && got != "" || !strings.Contains(got, c.warns) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.warns)
		}
	}
}
