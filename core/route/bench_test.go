package route

import (
	"fmt"
	"testing"
)

func manyRules(n int) []Rule {
	rules := []Rule{{Name: "rest", Path: "/**"}}
	for i := range n - 1 {
		path := fmt.Sprintf("/api/v1/part%d/items/*", i)
		if i%3 == 0 {
			path = fmt.Sprintf("/site%d/**", i)
		}
		rules = append(rules, Rule{Name: fmt.Sprint(i), Path: path, Methods: []string{"GET"}})
	}
	return rules
}

// BenchmarkMatch: the goal is at most 200 ns with 10,000 rules and at most twice the time
// with 10.
func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{10, 100, 10_000} {
		table := mustCompile(b, manyRules(n)...)
		for name, path := range map[string]string{
			"deep":     "/api/v1/part4/items/17",
			"fallback": "/api/v1/part4/other/17/and/more",
		} {
			b.Run(fmt.Sprintf("%s/rules=%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, ok := table.Match("h", "GET", path); !ok {
						b.Fatal("no match")
					}
				}
			})
		}
	}
}

// BenchmarkMatch_spread matches 3,000 different paths in turn, so that the trie does not
// stay in the processor's first-level cache.
func BenchmarkMatch_spread(b *testing.B) {
	table := mustCompile(b, manyRules(10_000)...)
	paths := make([]string, 3000)
	for i := range paths {
		paths[i] = fmt.Sprintf("/api/v1/part%d/items/17", i*3+1)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if rule, ok := table.Match("h", "GET", paths[i%len(paths)]); !ok || rule.Name == "rest" {
			b.Fatal("no match")
		}
		i++
	}
}

func BenchmarkCanonical(b *testing.B) {
	for _, target := range []string{"/wp-json/app/v1/posts/17?page=2", "/wp-json/caf%C3%A9"} {
		b.Run(target[:10], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Canonical(target); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
