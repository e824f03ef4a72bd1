package all

import (
	"slices"

	"github.com/cardea-auth/cardea/server/dialect"
)

// Owns returns the routes that a dialect has for its own, see [dialect.Owner];
// none of an unknown one.
func Owns(name string) []string {
	d, _, err := Open(name, dialect.Mount{Name: name, Issuer: name})
	if err != nil {
		return nil
	}
	owner, ok := d.(dialect.Owner)
	if !ok {
		return nil
	}
	return owner.Owns()
}

// Batches returns the routes that carry requests for others in any dialect's plugin,
// see [dialect.Batcher].
func Batches() []string {
	var list []string
	for name := range dialects() {
		d, _, err := Open(name, dialect.Mount{Name: name, Issuer: name})
		if err != nil {
			continue
		}
		if b, ok := d.(dialect.Batcher); ok {
			list = append(list, b.Batches()...)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
