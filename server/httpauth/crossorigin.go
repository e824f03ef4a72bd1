package httpauth

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The headers of CORS responses.
const (
	AllowOrigin      = "Access-Control-Allow-Origin"
	AllowCredentials = "Access-Control-Allow-Credentials"
	AllowMethods     = "Access-Control-Allow-Methods"
	AllowHeaders     = "Access-Control-Allow-Headers"
	ExposeHeaders    = "Access-Control-Expose-Headers"
	MaxAge           = "Access-Control-Max-Age"
)

// CrossOrigin lists what pages of other origins may do with a part of the server, as its
// CORS headers say it. Package cors decides which origins these are.
type CrossOrigin struct {
	Methods []string      // methods that pages may use
	Headers []string      // request headers that pages may send
	Expose  []string      // response headers that pages may read
	MaxAge  time.Duration // how long a browser may cache a preflight; 0: its default

	// Unreadable means that no origin may read the response.
	Unreadable bool
}

// Tell sets the CORS headers of a response, except for the allowed origin. request has the
// headers of the request: methods are only told to other origins.
func (c CrossOrigin) Tell(response, request http.Header) {
	setList(response, AllowHeaders, c.Headers)
	setList(response, ExposeHeaders, c.Expose)
	if c.Unreadable {
		response[AllowOrigin] = nil // net/http sends nothing; see IsUnreadable
	}
	if len(request["Origin"]) == 0 {
		return
	}
	setList(response, AllowMethods, c.Methods)
	if c.MaxAge > 0 {
		response.Set(MaxAge, strconv.FormatInt(int64(c.MaxAge/time.Second), 10))
	}
}

// IsUnreadable reports whether a response was told by a [CrossOrigin] that is unreadable.
func IsUnreadable(response http.Header) bool {
	values, told := response[AllowOrigin]
	return told && len(values) == 0
}

// With returns the lists with those of other added.
func (c CrossOrigin) With(other CrossOrigin) CrossOrigin {
	c.Methods = slices.Concat(c.Methods, other.Methods)
	c.Headers = slices.Concat(c.Headers, other.Headers)
	c.Expose = slices.Concat(c.Expose, other.Expose)
	return c
}

func setList(h http.Header, name string, list []string) {
	if len(list) > 0 {
		h.Set(name, JoinNames(list))
	}
}

// JoinNames returns a header value with the names, each once, ignoring case.
func JoinNames(list []string) string {
	var once []string
	for _, name := range list {
		if !slices.ContainsFunc(once, func(known string) bool { return strings.EqualFold(known, name) }) {
			once = append(once, name)
		}
	}
	return strings.Join(once, ", ")
}

// Forwarding tells the writers around w that the response is an upstream's: its CORS
// headers are those of the application.
func Forwarding(w http.ResponseWriter) {
	for {
		if told, ok := w.(interface{ Forwarding() }); ok {
			told.Forwarding()
		}
		outer, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return
		}
		w = outer.Unwrap()
	}
}
