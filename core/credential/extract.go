package credential

import (
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// The standard headers, by canonical name.
const (
	Authorization = "Authorization"
	XAPIKey       = "X-Api-Key"
)

// The size limits, in bytes as sent. Longer values are refused before they are decoded,
// hashed or looked up.
const (
	MaxToken = 16 << 10 // Bearer token
	MaxBasic = 2 << 10  // base64 text of Basic
	MaxKey   = 1 << 10  // API key
)

// Spec says where a credential is expected. The zero value means the standard headers:
// Authorization with one of the schemes Basic, Bearer and ApiKey, and X-API-Key.
type Spec struct {
	Header          string // canonical name of an additional header; "": none
	Prefix          string // scheme before the token, see [Extract]
	RefuseStandard  bool   // with Header: a credential in a standard header is refused
	NoAuthorization bool   // Authorization belongs to the application: it is ignored
}

// Extract returns the single credential in the headers; its Kind is NoCredential if there
// is none. Schemes are compared case-insensitively (RFC 9110 section 11.1) and followed by
// at least one space.
//
// In spec.Header the token stands alone if spec.Prefix is empty, otherwise after the
// prefix. The prefixes "Basic" and "ApiKey" have the same meaning as in Authorization; any
// other one means Bearer. Without spec.Header the prefix is another name for Bearer in
// Authorization. A Bearer token in the form of an API key is an API key; every other one is
// a Bearer, whatever its form.
//
// schemes are additional schemes of Authorization that methods define. The value after one
// is taken unchanged if it is visible ASCII with blanks in between, of at most [MaxToken]
// bytes.
//
// More than one value in all these headers together is refused (many_credentials): Invalid,
// or Unauthenticated if one of them is malformed. An unknown scheme, an empty or malformed
// value, or a standard header that spec refuses is Unauthenticated (bad_credential). The
// errors never quote the value.
func Extract(h api.Header, spec Spec, schemes ...api.Kind) (api.Credential, error) {
	name, value, count := find(h, spec)
	if count == 0 {
		return api.Credential{}, nil
	}
	if count > 1 {
		return api.Credential{}, api.E(several(h, spec, schemes), api.ReasonManyCredentials,
			"the request shows more than one credential: send one")
	}
	c, err := read(name, value, spec, schemes)
	if err != nil {
		return api.Credential{}, err
	}
	c.Header = name
	return c, nil
}

// several returns the code for a request with more than one credential: Unauthenticated if
// one of them is malformed, which is a failed authentication whatever the others are,
// otherwise Invalid, since programs would pick different ones.
func several(h api.Header, spec Spec, schemes []api.Kind) api.Code {
	for _, name := range [...]string{Authorization, XAPIKey, spec.Header} {
		values := h[name]
		if len(values) == 0 || name == Authorization && spec.NoAuthorization {
			continue
		}
		if len(values) > 1 {
			return api.Invalid
		}
		if c, err := read(name, values[0], spec, schemes); err != nil || !shaped(c) {
			return api.Unauthenticated
		}
	}
	return api.Invalid
}

// shaped reports whether a credential is well formed.
func shaped(c api.Credential) bool {
	switch c.Kind {
	case api.Bearer:
		return strings.Count(c.Text, ".") == 2 // RFC 7515 section 3.1
	case api.APIKeyKind:
		_, _, ok := ParseAPIKey(c.Text)
		return ok
	}
	return true
}

// find returns the header that carries a credential, its value, and the total number of
// values.
func find(h api.Header, spec Spec) (name, value string, count int) {
	look := func(header string) {
		if values := h[header]; len(values) > 0 {
			name, value = header, values[0]
			count += len(values)
		}
	}
	if !spec.NoAuthorization {
		look(Authorization)
	}
	look(XAPIKey)
	if isCustom(spec.Header) {
		look(spec.Header)
	}
	return name, value, count
}

func isCustom(header string) bool {
	return header != "" && header != Authorization && header != XAPIKey
}

func read(name, value string, spec Spec, schemes []api.Kind) (api.Credential, error) {
	if isCustom(name) { // it is spec.Header
		return readCustom(value, spec.Prefix)
	}
	if spec.RefuseStandard && name != spec.Header && spec.Header != "" {
		return api.Credential{}, unread("the credential is expected in the header " + spec.Header)
	}
	if name == XAPIKey {
		return apiKey(value)
	}
	return readAuthorization(value, spec.Prefix, schemes)
}

func readAuthorization(value, prefix string, schemes []api.Kind) (api.Credential, error) {
	scheme, rest, err := cutScheme(value)
	if err != nil {
		return api.Credential{}, err
	}
	if strings.EqualFold(scheme, prefix) { // scheme is never empty
		return byPrefix(prefix, rest)
	}
	for _, known := range [...]string{"Bearer", "Basic", "ApiKey"} {
		if strings.EqualFold(scheme, known) {
			return byPrefix(known, rest)
		}
	}
	for _, kind := range schemes {
		if strings.EqualFold(scheme, string(kind)) {
			return ofScheme(kind, rest)
		}
	}
	return api.Credential{}, unread("the Authorization scheme is not known here")
}

func readCustom(value, prefix string) (api.Credential, error) {
	if prefix == "" {
		return bearer(value)
	}
	scheme, rest, err := cutScheme(value)
	if err != nil {
		return api.Credential{}, err
	}
	if !strings.EqualFold(scheme, prefix) {
		return api.Credential{}, unread("the credential does not start with the expected scheme")
	}
	return byPrefix(prefix, rest)
}

func byPrefix(prefix, rest string) (api.Credential, error) {
	switch {
	case strings.EqualFold(prefix, "Basic"):
		return basic(rest)
	case strings.EqualFold(prefix, "ApiKey"):
		return apiKey(rest)
	}
	return bearer(rest)
}

// cutScheme splits "scheme 1*SP rest". Only spaces separate, not tabs.
func cutScheme(value string) (scheme, rest string, err error) {
	scheme, rest, _ = strings.Cut(value, " ")
	rest = strings.TrimLeft(rest, " ")
	if scheme == "" || rest == "" {
		return "", "", unread("the credential is not a scheme, a space and a value")
	}
	return scheme, rest, nil
}

func unread(text string) error {
	return api.E(api.Unauthenticated, api.ReasonBadCredential, text)
}
