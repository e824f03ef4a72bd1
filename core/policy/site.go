package policy

import (
	"github.com/cardea-auth/cardea/core/route"
)

// Site is a part of a host with settings of its own, such as that of a mount. Sites may be
// nested: the header of the innermost one applies, and all of them refuse roles.
//
// Tokens of a site's token format are accepted at that site, but not at sites within it that have
// a token format of their own. Native tokens belong to no site: see [TokenPolicy].
type Site struct {
	Name        string   // the name of the mount; logins of that dialect belong to it
	Host        string   // in any form that [route.Host] accepts; "" is any host
	Aliases     []string // further hosts of the same site; requires Host
	Prefix      string   // canonical path without a trailing slash, including everything below it; "" is all
	TokenFormat string   // name of the token format of its tokens; "" is native

	// Directory is the name of the directory of the site's users: logins are checked there,
	// and its tokens name users there. "" is any, which is not possible with several
	// directories if the token format identifies users by number.
	Directory string
	// AcceptsFrom are the token formats of other sites whose tokens are accepted here too.
	AcceptsFrom []string

	// Header carries the credential if the rule names no header.
	Header route.HeaderSpec

	// RefuseLogin, RefuseBasic and RefuseToken are lists of roles. Users with one of them
	// get no token by the site's logins, may not use a password below the prefix (by Basic or
	// another method without tokens or API keys), or may not use a token there nor any of the
	// site's token format anywhere.
	RefuseLogin, RefuseBasic, RefuseToken []string

	// UserClaims are further claims of the tokens that the site's logins and refreshes issue
	// in its token format.
	UserClaims UserClaims
}
