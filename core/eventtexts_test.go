package core_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/hooks"
)

// said is all that an event says.
func said(v hooks.View) string {
	var b strings.Builder
	for _, key := range []string{"user.sub", "user.login", "target", "token_id", "actor", "reason", "dialect", "rule.name", "peer", "req.path"} {
		if value, ok := v.Get(key); ok && value.Text() != "" {
			fmt.Fprintf(&b, " %s=%s", key, value.Text())
		}
	}
	if at, _ := v.Get("at"); at.Text() == "" || strings.HasPrefix(at.Text(), "-") {
		b.WriteString(" without a time")
	}
	return b.String()
}

// names replaces random ids with fixed names.
func (f *faulty) names(line string) string {
	for text, name := range map[string]string{
		f.grant.Session: "BOBS-SESSION", f.shop.Session: "ROOTS-SESSION", f.grant.Access.ID: "BOBS-ACCESS", f.shop.Access.ID: "ROOTS-ACCESS",
		f.keyID: "BOBS-KEY", f.token.ID: "BOBS-TOKEN", f.token.Session: "TOKENS-SESSION",
	} {
		line = strings.ReplaceAll(line, text, name)
	}
	words := strings.Split(line, " ")
	for i, word := range words {
		key, value, _ := strings.Cut(word, "=")
		named := strings.Contains(value, "BOBS-") || strings.Contains(value, "ROOTS-") || strings.Contains(value, "TOKENS-")
		if (key == "target" || key == "token_id") && !named {
			words[i] = key + "=*"
		}
	}
	return strings.Join(words, " ")
}

// TestEvents_golden compares the events of each operation with a golden file.
func TestEvents_golden(t *testing.T) {
	var b strings.Builder
	all := deeds()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		f := newFaulty(t)
		f.prepare()
		f.must(all[name].do(f))
		f.drained()
		var lines []string
		for _, line := range f.says {
			lines = append(lines, "\t"+f.names(line)+"\n")
		}
		slices.Sort(lines)
		fmt.Fprintf(&b, "%s\n%s", name, strings.Join(lines, ""))
	}
	golden(t, "testdata/events.golden", b.String())
}
