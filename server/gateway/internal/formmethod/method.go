package formmethod

import (
	"slices"

	"github.com/cardea-auth/cardea/core/api"
)

// In returns the method that a body with this Content-Type names in _method, in upper case:
// none or one. The error, an [*api.Error] (Invalid), is for a body that programs may read
// differently.
func In(body string, kind []string) ([]string, error) { return methodsIn(body, formsOf(kind)) }

func methodsIn(body string, forms []form) ([]string, error) {
	var out []string
	var t text
	t.add([]byte(body), true)
	for _, p := range t.pieces(len(body), len(body), true) {
		for _, one := range forms {
			count, clear := one.named(p)
			if clear && count == 0 {
				continue
			}
			if clear && count == 1 {
				if plain := one.plainIn(body); len(plain) == 1 {
					out = append(out, plain...)
					continue
				}
			}
			return nil, badForm("the body names a method in _method, but not plainly one")
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func badForm(text string) error { return api.E(api.Invalid, api.ReasonMethodOverride, text) }
