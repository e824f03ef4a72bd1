package config

import (
	"errors"
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
		return Exclusion{Path: text}, badExclusion(text)
	}
	x := Exclusion{Methods: strings.Split(verbs, ","), Path: path}
	for i, verb := range x.Methods {
		if !form.IsToken(verb) || verb != strings.ToUpper(verb) || slices.Index(x.Methods, verb) < i {
			return x, fmt.Errorf("%s before the path is not a list of HTTP methods: write GET,POST", tree.Quote(verbs))
		}
	}
	return x, badExclusion(path)
}

const exclusionLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~/"

// badExclusion rejects paths that could open more than their author expects.
func badExclusion(path string) error {
	route, _ := strings.CutSuffix(path, "/**")
	switch {
	case path == "":
		return errors.New("is empty: write a route such as /wp/v2/posts")
	case path[0] != '/':
		return errors.New("must begin with a slash, as /wp/v2/posts does")
	case route == "" || path == "/":
		return errors.New("would open the whole API: if that is meant, write a rule with access: public")
	case hasFirst(path, "wp-json"), hasFirst(path, "index.php"):
		return errors.New("is written without /wp-json, as /wp/v2/posts")
	case strings.ContainsAny(path, "([<"):
		return errors.New("is a pattern of WordPress's: write a rule, with * for a segment")
	case strings.ContainsAny(path, "?#"):
		return errors.New("has a query: write the route alone; ?rest_route= finds it, too")
	case strings.Contains(path, "%"):
		return errors.New("is percent-encoded: write the decoded characters")
	case strings.Contains(route, "*"):
		return errors.New("has a wildcard elsewhere than in /** at its end: for a segment in between write a rule")
	case strings.Trim(route, exclusionLetters) != "":
		return errors.New("has characters that are no route's: write it as WordPress lists it at /wp-json")
	}
	for segment := range strings.SplitSeq(route[1:], "/") {
		if strings.Trim(segment, ".") == "" {
			return errors.New("has an empty or dotted segment: write the route as WordPress lists it at /wp-json")
		}
	}
	return nil
}

// hasFirst reports whether segment is the first of path, ignoring case as WordPress does.
func hasFirst(path, segment string) bool {
	first, _, _ := strings.Cut(path[1:], "/")
	return strings.EqualFold(first, segment)
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
