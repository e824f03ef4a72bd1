package dialect

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// ClientDescriber is the optional ability of an [Opener] to describe how clients use its
// API. Commands that check a site from outside (doctor, test-login, quickstart) need it.
type ClientDescriber interface {
	Client() Client
}

// Client describes how clients of a dialect's API send requests. It applies to the
// replaced plugin as well as to Cardea in its place. Settings only add what they switch
// on, such as a refresh route.
type Client struct {
	Plugin string // display name of the plugin or API

	// Default is set for the dialect to serve at a site without a plugin of a known dialect.
	Default bool

	// Index is a request without credentials by whose answer the API is detected.
	Index Call
	// MatchesIndex reports whether an answer to Index is the API's; nil means that the
	// API cannot be detected, and the user has to name the dialect.
	MatchesIndex func(Answer) bool
	// Uncertain is set if the matching answer also comes from sites without the
	// plugin. It says what was found instead, and such a dialect is tried last.
	Uncertain string

	Login         Call
	Form          bool   // Login takes a form instead of a JSON object
	UserField     string // "" is username
	PasswordField string // "" is password

	// Token is the path of the token in the JSON answer to Login, outermost name first.
	// If it is empty, the answer's text is the token.
	Token []string

	Validate Call     // checks the token that is sent with it; zero if there is no such route
	Try      Call     // a route that accepts the token
	BadTry   Call     // answers an invalid token and none with different codes; zero if there is no such route
	NoHeader []string // codes of BadTry and Validate without a token
	BadToken []string // prefixes of BadTry's codes for an invalid token

	// Refresh exchanges a refresh token for the next tokens; zero if there is no such
	// route. RefreshToken is its path in the answer to Login, outermost name first; it is
	// sent as the member refresh_token of a JSON object, or as a form if Form is set. If
	// RefreshCookie is set, the refresh token is in that cookie instead.
	Refresh       Call
	RefreshToken  []string
	RefreshCookie string

	// Cures are what an operator should do, by the code of a refusal.
	Cures map[string]string
}

// Call is a method and a path; the path is relative to a mount's prefix.
type Call struct{ Method, Path string }

// Answer is the response to a request of a [Client].
type Answer struct {
	Status int
	Header http.Header
	Text   string
	Object map[string]any // the text as a JSON object; nil if it is none
}

// NamedClient is the client of a dialect in a list of types.
type NamedClient struct {
	Client
	Dialect   string // name in the configuration
	WordPress bool   // as in [Traits]
}

// Clients returns the clients of the dialects that describe one, in the order in which a
// site is checked: first those of WordPress plugins, last the uncertain ones, and in
// alphabetical order.
func Clients(types map[string]Opener) []NamedClient {
	var list []NamedClient
	for _, name := range slices.Sorted(maps.Keys(types)) {
		if c, ok := ClientOf(types, name); ok {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b NamedClient) int { return cmp.Compare(a.order(), b.order()) })
	return list
}

func (c NamedClient) order() int {
	switch {
	case c.Uncertain != "":
		return 2
	case !c.WordPress:
		return 1
	}
	return 0
}

// ClientOf returns the client of a dialect; ok is false if the dialect describes none or
// is not in the list.
func ClientOf(types map[string]Opener, name string) (NamedClient, bool) {
	o := types[name]
	if o == nil {
		return NamedClient{}, false
	}
	d, ok := api.Capability[ClientDescriber](o)
	if !ok {
		return NamedClient{}, false
	}
	return NamedClient{Client: d.Client(), Dialect: name, WordPress: o.Traits().WordPress}, true
}

// Default returns the name of the dialect to serve at a site without a plugin of a known
// dialect, "" if the list has none.
func Default(types map[string]Opener) string {
	for _, c := range Clients(types) {
		if c.Default {
			return c.Dialect
		}
	}
	return ""
}

// LoginBody returns the body of the request Login and its content type.
func (c Client) LoginBody(user, password string) (contentType, body string, err error) {
	userField, passwordField := cmp.Or(c.UserField, "username"), cmp.Or(c.PasswordField, "password")
	if c.Form {
		return "application/x-www-form-urlencoded", url.Values{userField: {user}, passwordField: {password}}.Encode(), nil
	}
	text, err := json.Marshal(map[string]string{userField: user, passwordField: password})
	return "application/json", string(text), err
}

// TokenIn returns the token in the answer to Login, "" if there is none.
func (c Client) TokenIn(a Answer) string {
	if len(c.Token) == 0 {
		return strings.TrimSpace(a.Text)
	}
	var v any = a.Object
	for _, name := range c.Token {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	text, _ := v.(string)
	return text
}

// HasRoutes returns a MatchesIndex function for a plugin that has a namespace of the
// WordPress REST API: the namespace's index lists the routes in has and none of lacks.
func HasRoutes(namespace string, has, lacks []string) func(Answer) bool {
	return func(a Answer) bool {
		if a.Status != http.StatusOK || a.Object["namespace"] != namespace {
			return false
		}
		routes, _ := a.Object["routes"].(map[string]any)
		listed := func(path string) bool { _, ok := routes["/"+namespace+path]; return ok }
		missing := func(path string) bool { return !listed(path) }
		return !slices.ContainsFunc(has, missing) && !slices.ContainsFunc(lacks, listed)
	}
}
