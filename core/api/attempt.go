package api

import (
	"net/netip"
	"strings"
)

// Header is a set of header fields by canonical name (Content-Type form), each
// with all its values in order of arrival. An http.Header converts to it freely.
type Header map[string][]string

// Get returns the first value under the canonical name, "" when absent.
func (h Header) Get(name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// Attempt is one try to pass: what a door knows of a request. Every door fills
// it in, and nothing in it is HTTP, so that gRPC, a library call and a WASM
// hook speak it as well. Methods and hooks must treat it as read-only.
type Attempt struct {
	Method    string     // request method, as received
	Scheme    string     // "http" or "https", as the client sees it
	Host      string     // authority, as received
	RawTarget string     // origin-form request target, undecoded: path and query
	Header    Header     // as received; identity headers in it are not to be believed
	Peer      netip.Addr // nearest hop that is not a trusted proxy; invalid if unknown
	TLS       bool       // whether that hop spoke TLS to us

	// Certificate is the client's own certificate in DER, verified by the server that
	// the connection ends at; nil if there is none, also where a proxy stands between.
	Certificate []byte

	// Filled by the engine before any method or hook runs.
	Path       string     // canonical path, decoded once
	Query      string     // raw query, without '?'
	Credential Credential // the one credential of the request
	Directory  string     // name of the only directory whose users count here; "" is any
}

// Kind says which kind of credential a request carries. Any other than the constants
// is an Authorization scheme in lower case, such as "hmac", which a method brings by
// naming it among its kinds.
type Kind string

// The kinds of credential that the engine knows by itself. A method that reads a header
// of its own takes NoCredential: the engine found none in the headers that it reads.
const (
	NoCredential Kind = ""
	Basic        Kind = "basic"  // Authorization: Basic, RFC 7617
	Bearer       Kind = "bearer" // Authorization: Bearer, RFC 6750
	APIKeyKind   Kind = "apikey" // X-API-Key, Authorization: ApiKey, or a Bearer in API-key form
)

// String returns the kind's name, "none" for NoCredential.
func (k Kind) String() string {
	if k == NoCredential {
		return "none"
	}
	return string(k)
}

// maxKind bounds the name of a scheme, in bytes.
const maxKind = 64

// Valid reports whether there can be such a kind: it is one of the constants, or a
// scheme (a token of RFC 9110 section 5.6.2) in lower case and of at most 64 bytes.
func (k Kind) Valid() bool {
	return k == NoCredential || len(k) <= maxKind && k != "none" &&
		strings.Trim(string(k), "abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~") == ""
}

// IsScheme reports whether a method brings the kind, and the engine does not know it by
// itself.
func (k Kind) IsScheme() bool {
	return k != NoCredential && k != Basic && k != Bearer && k != APIKeyKind
}

// Credential is the credential that a request presented, taken out of its
// headers but not verified.
type Credential struct {
	Kind     Kind
	Text     string // token or key, what follows the scheme; for Basic the undecoded base64 text
	User     string // Basic only
	Password Secret // Basic only
	Header   string // canonical name of the header that carried it, or of the custom one that may
}

// Peer is who is at the other end, for login and rate limits.
type Peer struct {
	Addr      netip.Addr
	UserAgent string
}

// IP is the address as text; "" if it is not known.
func (p Peer) IP() string {
	if !p.Addr.IsValid() {
		return ""
	}
	return p.Addr.String()
}
