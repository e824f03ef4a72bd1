package tree

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/suggest"
)

// Nearest returns the candidate that word was probably meant to be, or "" if none is
// close. Words over 80 bytes are not compared, to bound the work.
func Nearest(word string, candidates []string) string {
	if len(word) > 80 {
		return ""
	}
	return suggest.Nearest(word, candidates, min(max(2, len(word)/4), len(word)-1))
}

// NotOneOf returns the message for a value that is not one of words, with what to write.
func NotOneOf(got string, words []string) string {
	words = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "" })
	want := "write " + words[0]
	if len(words) > 1 {
		want = "write one of " + strings.Join(words, ", ")
	}
	if got == "" {
		return "is missing: " + want
	}
	if near := Nearest(got, words); near != "" {
		return fmt.Sprintf("%.60q is not known; did you mean %s?", got, near)
	}
	return fmt.Sprintf("%.60q is not known: %s", got, want)
}
