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

// The bounds, in bytes as sent. What is longer is refused before it is decoded,
// hashed or looked up.
const (
	MaxToken = 16 << 10 // Bearer token
	MaxBasic = 2 << 10  // base64 text of Basic
	MaxKey   = 1 << 10  // API key
)

// Spec says where a credential may stand. The zero value means the standard
// headers: Authorization with one of the schemes Basic, Bearer and ApiKey, and
// X-API-Key.
type Spec struct {
	Header          string // canonical name of a header besides the standard ones; "": none
	Prefix          string // scheme before the token, see [Extract]
	RefuseStandard  bool   // with Header: a credential in a standard header is refused
	NoAuthorization bool   // Authorization is somebody else's: it is not looked at
}

// Extract returns the one credential that the headers show; its Kind is
// NoCredential if they show none. Schemes are compared without case (RFC 9110
// section 11.1) and end with at least one space.
//
// In spec.Header the token stands alone if spec.Prefix is empty, else after the
// prefix; "Basic" and "ApiKey" as prefix mean what they mean in Authorization,
// and any other one means Bearer. Without spec.Header the prefix is one more
// word for Bearer in Authorization. A Bearer token in the form of an API key is
// an API key; every other one is a Bearer, however little it looks like a token
// of ours.
//
// The schemes are those that methods bring to Authorization. What follows one is taken
// as it is if it is visible ASCII with blanks in between, of at most [MaxToken] bytes.
//
// More than one value in all these headers together is refused
// (many_credentials): Invalid, or Unauthenticated if one of them is bad on its
// face. An unknown scheme, an empty or malformed value, or a
// standard header that spec refuses is Unauthenticated (bad_credential). The
// errors never quote what was sent.
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

// several is the code of a request with more than one credential: Invalid, since
// programs would pick different ones. Where one of them is bad on its face, it is
// a failed authentication, which no other credential mends.
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

// shaped reports whether a credential has the form of one that could be good.
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

// find returns the header that carries a credential, its value, and how many
// values there are in all.
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
	if isCustom(name) { // so it is spec.Header
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
	if strings.EqualFold(scheme, prefix) { // no scheme is empty
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

// cutScheme splits "scheme 1*SP rest"; only the space separates, never a tab.
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
