package formmethod

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// TestSpot: what counts as the name in each format, as patterns, whose matching takes far
// longer.
func TestSpot(t *testing.T) {
	patterns := []*regexp.Regexp{
		regexp.MustCompile(`[&;][\s\v+\[\]]*[_.\[]method(?:[^a-z0-9_.-]|$)`),
		regexp.MustCompile(`(?:name\s*=|content-id\s*:)[=\s"'<\[\]]*[_.\[]method(?:[^a-z0-9_.-]|$)`),
		regexp.MustCompile(`["']\s*_method\s*["']|[^a-z0-9]_method[^a-z0-9_.:-]*:`),
		regexp.MustCompile(`[<\s/:]_method[\s/>=]`),
	}
	beside := []string{"&", ";", " ", "\t", "\v", "\f", "\r\n", "+", "[", "]", "_", ".", "name", "name=", "content-id", "content-id:", ":", "=", `"`, "'", "<", ">", "/", "-", "a", "\xff", ","}
	random := rand.New(rand.NewPCG(3, 4))
	some := func() string {
		var b strings.Builder
		for range random.IntN(6) {
			b.WriteString(beside[random.IntN(len(beside))])
		}
		return b.String()
	}
	matched := make([]int, len(forms))
	for range 200_000 {
		before, after := some()+[]string{"_", ".", "["}[random.IntN(3)], some()
		p := piece{before + method + after, false, random.IntN(2) == 0, random.IntN(2) == 0, 0}
		begin, end := nameAt(p.text, len(before))
		if begin < 0 {
			continue
		}
		around := p.text
		if p.begins {
			around = "&" + around
		}
		if !p.ends {
			around += "x"
		}
		at := len(around) - len(after) - len(method)
		if !p.ends {
			at--
		}
		for i, form := range forms {
			want := submatch(patterns[i], around, at) != nil
			if want {
				matched[i]++
			}
			if got := form.names(p.around(begin, end)); got != want {
				t.Fatalf("%s, %q (begins %v, ends %v): got %v, want %v", form.kind, p.text, p.begins, p.ends, got, want)
			}
		}
	}
	for i, n := range matched {
		if n < 500 {
			t.Errorf("%s: only %d names", forms[i].kind, n)
		}
	}
}
