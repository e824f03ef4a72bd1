package app

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
)

// refusing answers the gate's refusals in the words of the dialect whose mount
// the request is to: its clients look for its codes. False: nobody's.
func refusing(e *core.Engine, list []mounted) func(http.ResponseWriter, *http.Request, core.Decision) bool {
	list = closest(list)
	return func(w http.ResponseWriter, r *http.Request, d core.Decision) bool {
		for _, m := range list {
			words, ok := m.dialect.(dialect.Refuser)
			if !ok || !m.mount.Governs(r) {
				continue
			}
			if d.Rule == nil || d.Rule.Header.Name == "" {
				r = asStandard(m.header, r)
			}
			return words.RefuseGate(e, w, r, d)
		}
		return false
	}
}

// forgives is core.Policy.Forgives: what a bad credential means says the
// WordPress mount to whose site the request is; where there is none, it is refused.
func forgives(list []mounted) func(*api.Attempt) bool {
	var asked []func(*api.Attempt) (forgiven, ok bool)
	for _, m := range closest(list) {
		if !m.native {
			asked = append(asked, m.mount.Forgives(m.dialect))
		}
	}
	return func(a *api.Attempt) bool {
		for _, ask := range asked {
			if forgiven, ok := ask(a); ok {
				return forgiven
			}
		}
		return false
	}
}

// closest puts mounts with a host before those of any, and those within the sites
// of others before these: the first one that a request is to governs.
func closest(list []mounted) []mounted {
	return slices.SortedStableFunc(slices.Values(list), func(a, b mounted) int {
		if hosts := (a.mount.Host != ""); hosts != (b.mount.Host != "") {
			if hosts {
				return -1
			}
			return 1
		}
		return cmp.Compare(len(b.mount.Base()), len(a.mount.Base()))
	})
}
