package plugintest

import (
	"fmt"
	"slices"
	"strings"
)

// Diff lists the differences between r and old, the result of another version for the
// same vector: one line each, none if they are equal. Fuel and time are not compared.
func (r Result) Diff(old Result) []string {
	var lines []string
	add := func(what, was, is string) {
		if was != is {
			lines = append(lines, fmt.Sprintf("%s: %s -> %s", what, was, is))
		}
	}
	add("load", orNone(old.LoadError), orNone(r.LoadError))
	add("status", orNone(old.Status), orNone(r.Status))
	add("fault", orNone(old.Fault), orNone(r.Fault))
	if !sameFields(old.Journal, r.Journal) {
		add("changes", old.Journal.text(), r.Journal.text())
	}
	add("refusal", old.Refusal.text(), r.Refusal.text())
	if !slices.Equal(old.Log, r.Log) {
		add("log", strings.Join(old.Log, " | "), strings.Join(r.Log, " | "))
	}
	return lines
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func (r *Refusal) text() string {
	if r == nil {
		return "none"
	}
	return fmt.Sprintf("%s %q", r.Code, r.Public)
}
