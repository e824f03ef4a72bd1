package route

import (
	"fmt"
	"slices"
	"strings"
)

// Lint returns warnings about rules that [Compile] accepts but whose author may
// have meant something else, each with the rule's name and a cure.
func Lint(rules []Rule) []string {
	var out []string
	for i := range rules {
		r := &rules[i]
		switch {
		case r.Access == Public && coversAll(r.Path):
			out = append(out, fmt.Sprintf("rule %q makes everything public that no other rule covers: name a path", r.Name))
		case r.Access == Public && len(r.Methods) == 0:
			out = append(out, fmt.Sprintf("rule %q makes %s public for writing too: list the methods, such as GET", r.Name, r.Path))
		case r.Access != Public && !strings.Contains(r.Path, "*") && !hasBelow(rules, r):
			out = append(out, fmt.Sprintf("rule %q covers %s alone, not what is below it: write %s/** if that is meant", r.Name, r.Path, strings.TrimSuffix(r.Path, "/")))
		}
	}
	return out
}

func coversAll(path string) bool { return strings.Trim(path, "/*") == "" && path != "/" }

// hasBelow reports whether some rule speaks of what is below r's path.
func hasBelow(rules []Rule, r *Rule) bool {
	below := strings.TrimSuffix(r.Path, "/") + "/"
	return slices.ContainsFunc(rules, func(o Rule) bool { return o.Path != r.Path && strings.HasPrefix(o.Path, below) })
}
