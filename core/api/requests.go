package api

import "time"

// What the engine is asked for, and what it gives.

// LoginRequest is a try to log in with a password.
type LoginRequest struct {
	Login     string // login name or e-mail address
	LoginOnly bool   // take no e-mail address for the login name
	Password  Secret
	Peer      Peer
	Host      string
	Dialect   string // name of the site whose login it is; its directory alone is asked
	// Answers are answers to a challenge, by field name. At most ten that do not
	// satisfy it are judged for a user in 15 minutes; then they are Throttled.
	Answers map[string]string
}

// IssueRequest asks for an access token.
type IssueRequest struct {
	Identity Identity
	Layout   string // name of the layout; "" is native
	Dialect  string // name of the site that issues it, for hooks; "": the layout's
	Client   string
	Host     string // authority the client asked, for auth-issuer
	Session  string // sid; "" begins a new one

	// Lifetime is proposed to auth-expire; 0 is the layout's.
	Lifetime time.Duration

	// For layouts whose claims tell of them.
	Device string
	Peer   Peer
}

// Issued is a token that was just signed.
type Issued struct {
	Text      Secret // the token itself
	ID        string // jti
	Session   string // sid
	IssuedAt  time.Time
	ExpiresAt time.Time
	Claims    Claims
}

// BeginRequest asks for a session: a refresh token and its first access token.
type BeginRequest struct {
	Identity    Identity
	Layout      string // of the access tokens; "" is native
	Dialect     string // name of the site at which it begins, for hooks; "": that which has the layout
	Client      string // of a longer one than 128 bytes a shorter form is kept
	Device      string // what the user knows the session by; see [github.com/cardea-auth/cardea/core.DeviceName]
	Host        string // authority the client asked, for auth-issuer
	Peer        Peer
	AccessLife  time.Duration // proposed; 0 is the layout's
	RefreshLife time.Duration // proposed; 0 is the policy's RefreshTTL
}

// Grant is a pair of tokens.
type Grant struct {
	Identity       Identity
	Access         Issued
	Refresh        Secret
	RefreshExpires time.Time
	Session        string // sid
}

// RefreshRequest presents a refresh token.
type RefreshRequest struct {
	Token  Secret
	Client string
	Layout string // refused unless the session's access tokens are of this layout; "" is native
	Host   string // authority the client asked; refused, and nothing consumed, where such tokens count on other hosts
	Peer   Peer

	// Dialect is the name of the site whose endpoint is asked. Hooks are told the site at
	// which the session began, and login-after is asked for both. Where that is not known
	// it is asked for Dialect alone, and for each site that issues tokens of the layout
	// where that is "", too.
	Dialect string

	AccessLife time.Duration // proposed; 0 is the layout's
}

// VerifyRequest asks whether a token is good.
type VerifyRequest struct {
	Token string
	// Layout is that of the site whose endpoint is asked: its tokens count, and
	// others that do at the site, if Attempt tells where that is; "" is any.
	Layout  string
	Attempt *Attempt // shown to hooks; nil: the token may be any site's
}
