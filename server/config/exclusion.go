package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/config/internal/form"
	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

// Exclusion is one entry of an upstream's exclude: a route of its REST API that requires
// no credentials.
type Exclusion struct {
	Methods []string // empty: all
	Path    string   // relative to the REST API, such as /wp/v2/posts or /wp/v2/posts/**
}

// ParseExclusion parses an entry such as "/wp/v2/posts", "/wp/v2/posts/**" or
// "GET,HEAD /wp/v2/posts". The error says what to write instead.
func ParseExclusion(text string) (Exclusion, error) {
	verbs, path, two := strings.Cut(text, " ")
	if !two {
		return Exclusion{Path: text}, form.CheckExclusion(text)
	}
	x := Exclusion{Methods: strings.Split(verbs, ","), Path: path}
	for i, verb := range x.Methods {
		if !form.IsToken(verb) || verb != strings.ToUpper(verb) || slices.Index(x.Methods, verb) < i {
			return x, fmt.Errorf("%s before the path is not a list of HTTP methods: write GET,POST", tree.Quote(verbs))
		}
	}
	return x, form.CheckExclusion(path)
}

func (k siteChecker) exclusions(key string, u Upstream) {
	for i, text := range u.Exclude {
		if _, err := ParseExclusion(text); err != nil {
			k.add(tree.Item(key, i), "%s %s", tree.Quote(text), err)
		}
	}
	if len(u.Exclude) > 0 && u.Kind == "other" {
		k.add(key, "is for a WordPress's REST API: write rules with access: public")
	}
}
