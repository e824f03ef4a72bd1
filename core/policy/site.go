package policy

import (
	"github.com/cardea-auth/cardea/core/route"
)

// Site is a part of a host with settings of its own, such as the one that a
// mount speaks for. Sites may lie within each other: of their headers that of the
// innermost counts, and all of them refuse roles.
//
// Tokens of a site's layout count at that site, and not at those within it that
// have a layout of their own. Native tokens are no site's: see [TokenPolicy].
type Site struct {
	Name    string   // the mount's; logins of that dialect are its
	Host    string   // in any form that [route.Host] reads; "" is any host
	Aliases []string // further hosts of the same site; only with Host
	Prefix  string   // canonical path without a slash at its end, and all below it; "" is all
	Layout  string   // name of the layout of its tokens; "" is native

	// Directory is the name of the one that the site's users are in: logins are
	// checked there, and its tokens name users there. "" is any that knows them,
	// which a layout that names users by number cannot do with if there are several.
	Directory string
	// AcceptsFrom names the layouts of other sites whose tokens count here too.
	AcceptsFrom []string

	// Header carries the credential where rules name no header of their own.
	Header route.HeaderSpec

	// Who has one of these roles gets no token by the site's logins, may not use
	// a password, by Basic or another method that is neither of tokens nor of API keys,
	// below the prefix, and may not use a token there, nor any
	// of the site's layout anywhere.
	RefuseLogin, RefuseBasic, RefuseToken []string
}
