package all

import "github.com/cardea-auth/cardea/server/dialect"

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
