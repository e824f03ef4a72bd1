package dialect

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// CrossOrigin lists what pages of other origins may do at a mount.
type CrossOrigin = httpauth.CrossOrigin

// Sharer is the optional ability of a [Dialect] whose API says something else to pages
// of other origins than WordPress's REST API does. CrossOrigin returns what answers to
// requests of the target say.
type Sharer interface {
	CrossOrigin(target *url.URL) CrossOrigin
}

// CrossOriginAt returns what d's answers to requests of the target say to pages of
// other origins.
func (m Mount) CrossOriginAt(d Dialect, target *url.URL) CrossOrigin {
	if sharer, able := d.(Sharer); able {
		return sharer.CrossOrigin(target)
	}
	return m.CrossOrigin()
}

// CrossOrigin returns what WordPress's REST API says to pages of other origins, and
// that they may send the headers that carry credentials to the mount.
func (m Mount) CrossOrigin() CrossOrigin {
	return CrossOrigin{
		Methods: []string{http.MethodOptions, http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		Headers: slices.Concat([]string{"Authorization", "X-WP-Nonce", "Content-Disposition", "Content-MD5", "Content-Type"}, m.CredentialHeaders),
		Expose:  []string{"X-WP-Total", "X-WP-TotalPages", "Link"},
	}
}
