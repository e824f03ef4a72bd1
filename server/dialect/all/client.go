package all

import "slices"

// Call is a method and a path; the path is relative to a mount's prefix.
type Call struct{ Method, Path string }

// Client describes how clients of a dialect's plugin send requests, for commands that
// check a site from outside. It applies to the plugin itself and to Cardea in its
// place.
type Client struct {
	Dialect string // name in the configuration
	Plugin  string // display name

	// Index is a request without credentials whose answer Recognises can identify.
	Index Call

	Login    Call     // accepts {"username", "password"} as JSON
	Token    []string // path of the token in the answer to Login, outermost name first
	Validate Call     // accepts the token; zero if the plugin has no such route
	Try      Call     // a route that accepts the token
	BadTry   Call     // gives a different error for a bad token than for none
	NoHeader []string // codes of BadTry and Validate without a token
	BadToken []string // prefixes of BadTry's codes for a bad token

	namespace    string   // in the answer to Index; "" for native, see Recognises
	lists, lacks []string // routes of the namespace
}

// Clients returns the clients of all dialects, in the order in which a site is checked:
// reliable and more specific ones first.
func Clients() []Client {
	return []Client{
		phpJWT("wpjwtpro", "JWT Auth Pro", []string{"/token/refresh", "/token/revoke"}, nil, "token"),
		phpJWT("usefulteam", "JWT Auth by Useful Team", []string{"/token/refresh"}, []string{"/token/revoke"}, "data", "token"),
		phpJWT("wpjwt", "JWT Authentication for WP REST API", []string{"/token/validate"}, []string{"/token/refresh"}, "token"),
		miniorangeClient(), cocartClient(), nativeClient(), cocart1Client(),
	}
}

// ClientOf returns the client of a dialect.
func ClientOf(dialect string) (Client, bool) {
	list := Clients()
	i := slices.IndexFunc(list, func(c Client) bool { return c.Dialect == dialect })
	if i < 0 {
		return Client{}, false
	}
	return list[i], true
}

func phpJWT(dialect, plugin string, lists, lacks []string, token ...string) Client {
	validate := Call{"POST", "/wp-json/jwt-auth/v1/token/validate"}
	return Client{
		Dialect: dialect, Plugin: plugin,
		Index: Call{"GET", "/wp-json/jwt-auth/v1"}, namespace: "jwt-auth/v1", lists: lists, lacks: lacks,
		Login: Call{"POST", "/wp-json/jwt-auth/v1/token"}, Token: token,
		Validate: validate, BadTry: validate, Try: Call{"GET", "/wp-json/wp/v2/users/me"},
		NoHeader: []string{"jwt_auth_no_auth_header"}, BadToken: []string{"jwt_auth_"},
	}
}

func miniorangeClient() Client {
	validate := Call{"GET", "/wp-json/api/v1/token-validate"}
	return Client{
		Dialect: "miniorange", Plugin: "JWT Authentication for WP REST APIs by miniOrange",
		Index: Call{"GET", "/wp-json/api/v1"}, namespace: "api/v1", lists: []string{"/token-validate"},
		Login: Call{"POST", "/wp-json/api/v1/token"}, Token: []string{"jwt_token"},
		Validate: validate, BadTry: validate, Try: Call{"GET", "/wp-json/wp/v2/users/me"},
		NoHeader: []string{"MISSING_AUTHORIZATION_HEADER"},
		BadToken: []string{"SEGMENT_FAULT", "INVALID_SIGNATURE", "UNAUTHORIZED"},
	}
}

// cocartClient tries the cart: the plugin reads tokens only on CoCart's routes.
func cocartClient() Client {
	validate := Call{"POST", "/wp-json/cocart/jwt/validate-token"}
	return Client{
		Dialect: "cocart", Plugin: "CoCart JWT Authentication 3",
		Index: Call{"GET", "/wp-json/cocart/jwt"}, namespace: "cocart/jwt", lists: []string{"/validate-token"},
		Login: Call{"POST", "/wp-json/cocart/v2/login"}, Token: []string{"extras", "jwt_token"},
		Validate: validate, BadTry: validate, Try: Call{"GET", "/wp-json/cocart/v2/cart"},
		NoHeader: []string{"rest_forbidden"}, BadToken: []string{"cocart_authentication_error"},
	}
}

// cocart1Client uses CoCart's login, which also exists without the plugin.
func cocart1Client() Client {
	login := Call{"POST", "/wp-json/cocart/v2/login"}
	return Client{
		Dialect: "cocart1", Plugin: "CoCart, perhaps with CoCart JWT Authentication 1.0",
		Index: Call{"OPTIONS", "/wp-json/cocart/v2/login"}, namespace: "cocart/v2",
		Login: login, Token: []string{"extras", "jwt_token"},
		BadTry: login, Try: Call{"GET", "/wp-json/cocart/v2/cart"},
		NoHeader: []string{"cocart_rest_not_authorized"}, BadToken: []string{"cocart_jwt_auth_"},
	}
}

func nativeClient() Client {
	me := Call{"GET", "/auth/me"}
	return Client{
		Dialect: "native", Plugin: "Cardea's own endpoints",
		Index: Call{"GET", "/auth/login"},
		Login: Call{"POST", "/auth/login"}, Token: []string{"access_token"},
		Validate: me, BadTry: me, Try: me,
		NoHeader: []string{"no_credential"}, BadToken: []string{"token_"},
	}
}

// Recognises reports whether the status and JSON body of an answer to Index are the
// dialect's. The native dialect rejects the method.
func (c Client) Recognises(status int, body map[string]any) bool {
	if c.namespace == "" {
		return status == 405 && body["code"] == "method_not_allowed"
	}
	if status != 200 || body["namespace"] != c.namespace {
		return false
	}
	routes, _ := body["routes"].(map[string]any)
	has := func(path string) bool { _, ok := routes["/"+c.namespace+path]; return ok }
	return !slices.ContainsFunc(c.lists, func(path string) bool { return !has(path) }) && !slices.ContainsFunc(c.lacks, has)
}

// TokenIn returns the token in an answer to Login, "" if there is none.
func (c Client) TokenIn(body map[string]any) string {
	var v any = body
	for _, name := range c.Token {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	text, _ := v.(string)
	return text
}
