package check

import (
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
)

// otherLetters finds, for each upstream that says neither that letters count nor that they do
// not, the first rule that a path in another case avoids. [route.Lint] finds public rules.
func otherLetters(cfg *config.Config, list []route.Rule) []string {
	table, err := route.Compile(list)
	if err != nil {
		return nil // reported by Check
	}
	var out []string
	told := map[string]bool{}
	for _, r := range list {
		name := r.Upstream
		for only := range cfg.Upstreams {
			if name == "" && len(cfg.Upstreams) == 1 {
				name = only
			}
		}
		if u := cfg.Upstreams[name]; u.Kind != "other" || u.LetterCase != "" || told[name] {
			continue
		}
		method := "GET"
		if len(r.Methods) > 0 {
			method = r.Methods[0]
		}
		path := inCapitals(r.Path)
		g, ok := table.Match(r.Host, method, path)
		if !ok || g.Access == route.Public || !r.StricterThan(g) {
			continue
		}
		told[name] = true
		out = append(out, fmt.Sprintf("rule %q counts letters: %s %s is decided by rule %q. Write letter_case: same at upstream %q if that application ignores case, as Express and ASP.NET do, else letter_case: distinct",
			r.Name, method, route.EscapePath(path), g.Name, name))
	}
	return out
}

// inCapitals returns a path that a pattern matches but for the case of its letters.
func inCapitals(pattern string) string {
	example := strings.NewReplacer("**", "x", "*", "x").Replace(pattern)
	if upper := strings.ToUpper(example); upper != example {
		return upper
	}
	return strings.ToLower(example)
}
