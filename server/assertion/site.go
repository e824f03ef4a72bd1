package assertion

import (
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Site describes the users of an upstream.
type Site struct {
	// Subject is the prefix, before the colon, of the subjects of the site's own users,
	// whose numbers are WordPress's: "wp". "" means a site without a directory: any user
	// may be one of the site's, by login.
	Subject string
}

// user is a user of the upstream; the zero value is anonymous.
type user struct {
	number int64 // WordPress user ID; 0 if only the login is known
	login  string

	application string // uuid of the application password that the client sent
}

// userOf returns the authenticated user. A user of another directory may share a login or
// number with a user of the site without being the same person, and is refused.
func (s Site) userOf(d *core.Decision) (user, error) {
	id := &d.Identity
	if d.Anonymous() {
		return user{}, nil
	}
	if s.Subject == "" {
		if id.Login == "" {
			return user{}, notAUser()
		}
		return user{login: id.Login}, nil
	}
	text, ours := strings.CutPrefix(id.Subject, s.Subject+":")
	number, err := strconv.ParseInt(text, 10, 64)
	if !ours || err != nil || number <= 0 || text != strconv.FormatInt(number, 10) {
		return user{}, notAUser()
	}
	return user{number, id.Login, id.Proof.Application}, nil
}

// unnarrowed refuses a credential with fewer rights than its user, for identity modes
// that only tell the site the user.
func unnarrowed(d *core.Decision, mode string) error {
	if d.Anonymous() || !d.Identity.IsNarrowed() {
		return nil
	}
	return api.E(api.Denied, api.ReasonNarrowed, "this credential may do less than its user, which identity "+mode+" cannot tell the application")
}

func notAUser() error {
	return api.E(api.Denied, api.ReasonNotAUser, "you are not a user of this application")
}
