package point

import (
	"mime"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks"
)

// The media types of refusals.
const (
	jsonType    = "application/json"
	problemType = "application/problem+json" // RFC 9457
)

// ContentType returns the media type that a hook has chosen for the body of the refusal:
// application/json or application/problem+json; "" means that it has chosen neither.
func (r *ErrorResponse) ContentType() string {
	values := r.Headers["Content-Type"]
	if len(values) != 1 {
		return ""
	}
	media, params, err := mime.ParseMediaType(values[0])
	charset, given := params["charset"]
	if err != nil || media != jsonType && media != problemType || given && !strings.EqualFold(charset, "utf-8") {
		return ""
	}
	if len(params) > 1 || len(params) == 1 && !given {
		return ""
	}
	return values[0]
}

// CopyHeaders copies the headers that hooks may set from the refusal to h, except for
// Content-Type, see [ErrorResponse.ContentType].
func (r *ErrorResponse) CopyHeaders(h map[string][]string) {
	for name, values := range r.Headers {
		name = textproto.CanonicalMIMEHeaderKey(name)
		if name != "Content-Type" && r.CheckHeader(name, values) == nil {
			h[name] = values
		}
	}
}

// CheckHeader returns an error if a hook may not set this header of a refusal.
func (r *ErrorResponse) CheckHeader(name string, values []string) error {
	key, canonical := "header."+name, textproto.CanonicalMIMEHeaderKey(name)
	switch {
	case !route.IsPlainName(name):
		return hooks.NotAcceptable(key, "must have a name of letters, digits and hyphens")
	case canonical == "Content-Type":
		if r.ContentType() == "" {
			return hooks.NotAcceptable(key, "must be %s or %s, in UTF-8", jsonType, problemType)
		}
		return nil
	case r.reserves(canonical):
		return hooks.NotAcceptable(key, "must be left to the server")
	}
	return CheckHeaderValues(key, values)
}

// reserves reports whether only the server may set a header, since it concerns framing,
// caching, or what the client does next.
func (r *ErrorResponse) reserves(canonical string) bool {
	switch canonical {
	case "Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Date",
		"Www-Authenticate", "Proxy-Authenticate", "Cache-Control", "Pragma", "X-Content-Type-Options":
		return true
	case "Allow":
		return r.Status == http.StatusMethodNotAllowed
	case "Retry-After":
		return r.Status == http.StatusTooManyRequests || r.Status == http.StatusServiceUnavailable
	case "Link", "X-Robots-Tag":
		return r.Dialect != ""
	}
	return route.HasAliasPrefix(canonical, "content-") || route.HasAliasPrefix(canonical, "access-control-")
}

// CheckHeaderValues returns an error if values cannot be sent in a header; key is the key
// in the error.
func CheckHeaderValues(key string, values []string) error {
	for _, v := range values {
		if len(v) > MaxHeader || !api.FitsHeader(v) {
			return hooks.NotAcceptable(key, "must be at most %d bytes of UTF-8 without control characters and without spaces at its ends", MaxHeader)
		}
	}
	return nil
}

// MaxHeader is the maximum length in bytes of a header value that a hook sets: common
// servers refuse longer ones.
const MaxHeader = 8 << 10
