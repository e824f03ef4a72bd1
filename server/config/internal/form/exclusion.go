package form

import (
	"errors"
	"strings"
)

const exclusionLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~/"

// CheckExclusion returns an error for a path that could open more than its author expects.
func CheckExclusion(path string) error {
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
		return errors.New("has characters that no route has: write it as WordPress lists it at /wp-json")
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
