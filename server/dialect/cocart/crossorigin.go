package cocart

import (
	"net/url"
	"slices"

	"github.com/cardea-auth/cardea/server/dialect"
)

var _ dialect.Sharer = (*Dialect)(nil)

// CrossOrigin implements [dialect.Sharer]: CoCart adds the headers of its carts, and on
// its own routes those of its cache.
func (d *Dialect) CrossOrigin(target *url.URL) dialect.CrossOrigin {
	said := d.mount.CrossOrigin()
	said.Headers = slices.Concat(said.Headers, cartHeaders())
	said.Expose = slices.Concat(said.Expose, cartHeaders())
	if literal(d.mount, target) {
		said.Headers = append(said.Headers, "If-None-Match")
		said.Expose = append(said.Expose, "ETag", "CoCart-Cache")
	}
	return said
}

func cartHeaders() []string {
	return []string{"CoCart-API-Cart-Key", "CoCart-API-Cart-Expiring", "CoCart-API-Cart-Expiration"}
}
