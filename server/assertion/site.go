package assertion

import (
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Site says which users an upstream knows.
type Site struct {
	// Subject is what stands before the colon in the subjects of the site's own
	// users, whose numbers are WordPress's: "wp". "" is a site without a
	// directory here: anybody may be one of its users, by login name.
	Subject string
}

// user is somebody in the upstream's words; the zero value is nobody.
type user struct {
	number int64 // WordPress's id; 0 if only the login is known
	login  string
}

// userOf returns whom the decision recognised. Somebody of another directory may
// share a login name or a number with one of the site's users and be another
// person, so such a one is refused.
func (s Site) userOf(d *core.Decision) (user, error) {
	id := &d.Identity
	if d.Anonymous() {
		return user{}, nil
	}
	if s.Subject == "" {
		if id.Login == "" {
			return user{}, stranger()
		}
		return user{login: id.Login}, nil
	}
	text, ours := strings.CutPrefix(id.Subject, s.Subject+":")
	number, err := strconv.ParseInt(text, 10, 64)
	if !ours || err != nil || number <= 0 || text != strconv.FormatInt(number, 10) {
		return user{}, stranger()
	}
	return user{number, id.Login}, nil
}

// unnarrowed refuses a credential that may do less than its user, for identities
// that tell the site of the user alone.
func unnarrowed(d *core.Decision, mode string) error {
	if d.Anonymous() || !d.Identity.IsNarrowed() {
		return nil
	}
	return api.E(api.Denied, api.ReasonNarrowed, "this credential may do less than its user, which identity "+mode+" cannot tell the application")
}

func stranger() error {
	return api.E(api.Denied, api.ReasonNotAUser, "you are not a user of this application")
}
