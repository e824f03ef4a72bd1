package api

import "net/netip"

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

	// Filled by the engine before any method or hook runs.
	Path       string     // canonical path, decoded once
	Query      string     // raw query, without '?'
	Credential Credential // the one credential of the request
	Directory  string     // name of the only directory whose users count here; "" is any
}

// Kind says which kind of credential a request carries.
type Kind uint8

// The kinds of credential. A method that reads a header of its own takes
// NoCredential: the engine found none in the headers that it reads.
const (
	NoCredential Kind = iota
	Basic             // Authorization: Basic, RFC 7617
	Bearer            // Authorization: Bearer, RFC 6750
	APIKeyKind        // X-API-Key, Authorization: ApiKey, or a Bearer in API-key form
)

// String returns the kind's name in lower case, "unknown" for any other value.
func (k Kind) String() string {
	names := [...]string{"none", "basic", "bearer", "apikey"}
	if int(k) >= len(names) {
		return "unknown"
	}
	return names[k]
}

// Credential is the credential that a request presented, taken out of its
// headers but not verified.
type Credential struct {
	Kind     Kind
	Text     string // token or key; for Basic the undecoded base64 text
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
