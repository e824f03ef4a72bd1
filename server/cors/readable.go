package cors

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// CheckReadable returns why a browser keeps a response from a page of the origin that sent
// the request without cookies, nil if the page may read it (the CORS check of Fetch).
func CheckReadable(response http.Header, origin string) error {
	switch values := response[httpauth.AllowOrigin]; {
	case len(values) == 0:
		return errors.New("no origin is allowed")
	case len(values) > 1 || values[0] != "*" && values[0] != origin:
		return fmt.Errorf("the allowed origin is %.80q", strings.Join(values, ", "))
	}
	return nil
}

// CheckPreflight returns why a browser does not send a request, without cookies, after this
// response to its preflight; nil if it does. headers are those of the request that need
// permission.
func CheckPreflight(status int, response http.Header, origin, method string, headers ...string) error {
	if err := CheckReadable(response, origin); err != nil {
		return err
	}
	if status < 200 || status > 299 {
		return fmt.Errorf("the status is %d", status)
	}
	methods := listed(response[httpauth.AllowMethods])
	isSimple := method == http.MethodGet || method == http.MethodHead || method == http.MethodPost
	if !isSimple && !slices.Contains(methods, method) && !slices.Contains(methods, "*") {
		return fmt.Errorf("the method %s is not allowed", method)
	}
	allowed := listed(response[httpauth.AllowHeaders])
	for _, name := range headers {
		is := func(other string) bool {
			return strings.EqualFold(other, name) || other == "*" && !strings.EqualFold(name, "Authorization")
		}
		if !slices.ContainsFunc(allowed, is) {
			return fmt.Errorf("the header %s is not allowed", name)
		}
	}
	return nil
}

// listed returns the members of a list header.
func listed(values []string) []string {
	list := strings.Split(strings.Join(values, ","), ",")
	for i := range list {
		list[i] = strings.Trim(list[i], " \t")
	}
	return list
}

// Example returns an origin that a member of a list of origins allows: itself, or one of
// its pattern with the given label in front; ok is false for "*".
func Example(member, label string) (origin string, ok bool) {
	return strings.Replace(member, "*", label, 1), member != "*"
}
