package core

import (
	"context"
	"mime"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/cardea-auth/cardea/core/route"
)

// The media types of refusals.
const (
	jsonType    = "application/json"
	problemType = "application/problem+json" // RFC 9457
)

// ContentType returns the media type that a hook has chosen for the body of the
// refusal: application/json or application/problem+json; "" if it has chosen none
// of them.
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

// CopyHeaders adds the headers of the refusal that hooks may set to h: all that an
// [Engine] has accepted, but for the Content-Type, which [ErrorResponse.ContentType]
// tells.
func (r *ErrorResponse) CopyHeaders(h map[string][]string) {
	for name, values := range r.Headers {
		name = textproto.CanonicalMIMEHeaderKey(name)
		if name != "Content-Type" && r.checkHeader(name, values) == nil {
			h[name] = values
		}
	}
}

// refusalJudge judges what hooks make of a refusal.
type refusalJudge struct{ status int }

func (j refusalJudge) accept(_ context.Context, before, after *ErrorResponse, keyed bool) error {
	if keyed && after.Status/100 != j.status/100 {
		return notAcceptable("status", "must be %d00 to %d99, as the status is %d", j.status/100, j.status/100, j.status)
	}
	if after.Code != before.Code {
		if err := checkLine("code", after.Code, 1, maxHookCode); err != nil {
			return err
		}
	}
	if after.Message != before.Message {
		if err := checkLine("message", after.Message, 0, maxHookMessage); err != nil {
			return err
		}
	}
	for name, values := range after.Headers {
		err := checkHeaderValues("header."+name, values)
		if keyed {
			err = after.checkHeader(name, values)
		}
		if err != nil {
			return err
		}
	}
	return changedMembers(before.Fields, after.Fields, func(name string, value any) error {
		return checkMember("body.", name, value)
	})
}

// checkHeader says why a hook may not set a header of a refusal.
func (r *ErrorResponse) checkHeader(name string, values []string) error {
	key, canonical := "header."+name, textproto.CanonicalMIMEHeaderKey(name)
	switch {
	case !route.IsPlainName(name):
		return notAcceptable(key, "must have a name of letters, digits and hyphens")
	case canonical == "Content-Type":
		if r.ContentType() == "" {
			return notAcceptable(key, "must be %s or %s, in UTF-8", jsonType, problemType)
		}
		return nil
	case r.reserves(canonical):
		return notAcceptable(key, "must be left to the server")
	}
	return checkHeaderValues(key, values)
}

// reserves reports whether a header is the server's: of the framing, of caching, or
// of what the client may do next.
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
