package api

import "time"

// Requests to the engine and their results.

// LoginRequest is an attempt to log in with a password.
type LoginRequest struct {
	Login     string // login name or e-mail address
	LoginOnly bool   // do not accept an e-mail address as login
	Phone     bool   // also accept a phone number, of users whose directory has some
	Password  Secret
	Peer      Peer
	Host      string
	Dialect   string // name of the site of the login; only its directory is asked
	// Answers are answers to a challenge, by field name. After ten wrong answers for a user
	// within 15 minutes, further ones are Throttled.
	Answers map[string]string
}

// IssueRequest asks for an access token.
type IssueRequest struct {
	Identity    Identity
	TokenFormat string // name of the token format; "" is native
	Dialect     string // name of the issuing site, for hooks; "": the token format's
	Client      string
	Host        string // authority the client asked, for auth-issuer
	Session     string // sid; "" generates one

	// Lifetime is the proposed lifetime, which auth-expire may change; 0 is the token format's.
	Lifetime time.Duration

	// Used by token formats that have claims for them.
	Device string
	Peer   Peer
}

// Issued is a token that was just issued.
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
	TokenFormat string // of the access tokens; "" is native
	Dialect     string // name of the site at which it begins, for hooks; "": the site with the token format
	Client      string // stored in a shorter form if longer than 128 bytes
	Device      string // name by which the user knows the session; see [github.com/cardea-auth/cardea/core.DeviceName]
	Host        string // authority the client asked, for auth-issuer
	Peer        Peer
	AccessLife  time.Duration // proposed; 0 is the token format's
	RefreshLife time.Duration // proposed; 0 is the policy's RefreshTTL
}

// Grant is a pair of tokens.
type TokenPair struct {
	Identity       Identity
	Access         Issued
	Refresh        Secret
	RefreshExpires time.Time
	Session        string // sid
}

// RefreshRequest presents a refresh token.
type RefreshRequest struct {
	Token       Secret
	Client      string
	TokenFormat string // must be the token format of the session's access tokens; "" is native
	Host        string // authority the client asked; refused without consuming the token if the session's tokens are only valid on other hosts
	Peer        Peer

	// Dialect is the name of the site whose endpoint is called. Hooks get the site at which
	// the session began, and login-after runs for both. If that site is unknown,
	// login-after runs for Dialect, or, if Dialect is "", for each site that issues tokens
	// of the token format.
	Dialect string

	AccessLife time.Duration // proposed; 0 is the token format's

	// Grace is how long the used token returns its successor again; 0 is the engine's
	// grace period.
	Grace time.Duration
	// Once refuses a used token also within the grace period, without ending its session.
	Once bool
}

// VerifyRequest asks whether a token is valid.
type VerifyRequest struct {
	Token string
	// TokenFormat is the token format of the site whose endpoint is called; "" is any. Tokens of that
	// token format are accepted, and, if Attempt is set, others that the site accepts.
	TokenFormat string
	Attempt     *Attempt // shown to hooks; nil: a token of any site is accepted
}
