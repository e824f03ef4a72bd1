package wpjwtpro

import (
	"net/url"
	"slices"

	"github.com/cardea-auth/cardea/server/dialect"
)

var _ dialect.Sharer = (*Dialect)(nil)

// CrossOrigin implements [dialect.Sharer]: pages may read what is left of the rate limit.
func (d *Dialect) CrossOrigin(*url.URL) dialect.CrossOrigin {
	said := d.mount.CrossOrigin()
	said.Expose = slices.Concat(said.Expose, []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"})
	return said
}
