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

// UnknownName returns the message for a reference to something that is not configured.
func UnknownName(name, kind string, known []string) string {
	plural := kind + "s"
	switch near := Nearest(name, known); {
	case name == "":
		return "is missing: name one of " + plural
	case near != "":
		return fmt.Sprintf("no %s is called %.60q; did you mean %s?", kind, name, near)
	case len(known) == 0:
		return fmt.Sprintf("no %s is called %.60q: add it under %s", kind, name, plural)
	}
	return fmt.Sprintf("no %s is called %.60q: there are %.200s", kind, name, strings.Join(known, ", "))
}
