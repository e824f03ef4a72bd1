package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/route"
)

// Place is a part of a host: the path Prefix and everything below it. The zero value is
// everywhere.
type Place struct {
	Host   string // in any form that [route.Host] accepts; "" is any host
	Prefix string // canonical path without a trailing slash; "" is all
}

// check returns the place with its host in canonical form.
func (p Place) check() (Place, error) {
	host, err := route.Host(p.Host)
	if err != nil {
		return p, err
	}
	if p.Prefix != "" && (p.Prefix[0] != '/' || strings.HasSuffix(p.Prefix, "/")) {
		return p, fmt.Errorf("prefix %q: write it as /blog", p.Prefix)
	}
	p.Host = host
	return p, nil
}

// CheckPlaces returns a validated copy of a list; nil stays nil.
func CheckPlaces(list []Place) ([]Place, error) {
	var checked []Place
	for _, p := range list {
		p, err := p.check()
		if err != nil {
			return nil, err
		}
		checked = append(checked, p)
	}
	return checked, nil
}

// covers reports whether a canonical host and path are in the place.
func (p Place) covers(host, path string) bool {
	return p.Reaches(host, path) && strings.HasPrefix(path, p.Prefix)
}

// Reaches is covers without regard to case, which is how networks of sites compare their
// directories.
func (p Place) Reaches(host, path string) bool {
	n := len(p.Prefix)
	switch {
	case p.Host != "" && p.Host != host, len(path) < n:
		return false
	case n == 0:
		return true
	}
	return strings.EqualFold(path[:n], p.Prefix) && (len(path) == n || path[n] == '/')
}

// Anywhere reports whether one of the places contains a host and path; an empty list is
// everywhere.
func Anywhere(list []Place, host, path string) bool {
	return len(list) == 0 || slices.ContainsFunc(list, func(p Place) bool { return p.covers(host, path) })
}
