package api

import (
	"net/netip"
	"strings"
)

// Header is a set of header fields by canonical name, each with all its values in order of
// arrival. An http.Header converts to it directly.
type Header map[string][]string

// Get returns the first value of the canonical name, or "".
func (h Header) Get(name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// Attempt describes a request that is to be decided on. It is independent of HTTP, so that
// gRPC, library calls and WASM hooks can use it as well. Methods and hooks must treat it as
// read-only.
type Attempt struct {
	Method    string     // request method, as received
	Scheme    string     // "http" or "https", as the client sees it
	Host      string     // authority, as received
	RawTarget string     // origin-form request target, undecoded: path and query
	Header    Header     // as received; identity headers in it are not trusted
	Peer      netip.Addr // nearest hop that is not a trusted proxy; invalid if unknown
	TLS       bool       // whether that hop used TLS

	// Certificate is the client's certificate in DER, verified by the server that
	// terminates the connection. It is nil if there is none or if a proxy is in between.
	Certificate []byte

	// Body gives the engine the digest of the request's body. It is nil if the front end
	// cannot read the body before the decision. Methods are not shown it.
	Body Body

	// Set by the engine before any method or hook runs.
	Path       string     // canonical path, decoded once
	Query      string     // raw query, without '?'
	Credential Credential // the one credential of the request
	Directory  string     // the only directory whose users are accepted; "": any

	// BodyDigest is the SHA-256 of the body as received. The engine sets it before it asks
	// a method that needs it (core.BodyDigester); otherwise it is nil.
	BodyDigest []byte
}

// Body is the body of a request before the decision. It is for one goroutine.
type Body interface {
	// SHA256 returns the digest of the whole body, which can still be read afterwards
	// unless there is an error. The error is an [*Error] that refuses the request: the body
	// is too large, or the client broke off.
	SHA256() ([]byte, error)
}

// Kind is a kind of credential. A value other than the constants is an Authorization scheme
// in lower case, such as "hmac", that a method adds by naming it among its kinds.
type Kind string

// The built-in kinds of credential. A method that reads a header of its own uses
// NoCredential: the engine found none in the headers that it reads.
const (
	NoCredential Kind = ""
	Basic        Kind = "basic"  // Authorization: Basic, RFC 7617
	Bearer       Kind = "bearer" // Authorization: Bearer, RFC 6750
	APIKeyKind   Kind = "apikey" // X-API-Key, Authorization: ApiKey, or a Bearer in API-key form
)

// String returns the name of the kind, or "none" for NoCredential.
func (k Kind) String() string {
	if k == NoCredential {
		return "none"
	}
	return string(k)
}

// maxKind is the maximum length of a scheme, in bytes.
const maxKind = 64

// Valid reports whether k is a valid kind: one of the constants, or a scheme (a token of
// RFC 9110 section 5.6.2) in lower case of at most 64 bytes.
func (k Kind) Valid() bool {
	return k == NoCredential || len(k) <= maxKind && k != "none" &&
		strings.Trim(string(k), "abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~") == ""
}

// IsScheme reports whether k is a scheme added by a method rather than a built-in kind.
func (k Kind) IsScheme() bool {
	return k != NoCredential && k != Basic && k != Bearer && k != APIKeyKind
}

// Credential is the credential of a request, extracted from its headers but not verified.
type Credential struct {
	Kind     Kind
	Text     string // token, key or whatever follows the scheme; for Basic the undecoded base64 text
	User     string // Basic only
	Password Secret // Basic only
	Header   string // canonical name of the header that carried it, or of the custom one that may
}

// Peer is the remote side of a request, for login and rate limits.
type Peer struct {
	Addr      netip.Addr
	UserAgent string
}

// IP returns the address as text, or "" if it is unknown.
func (p Peer) IP() string {
	if !p.Addr.IsValid() {
		return ""
	}
	return p.Addr.String()
}
