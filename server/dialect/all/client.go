package all

import "slices"

// Call is a method and a path; the path stands below a mount's prefix.
type Call struct{ Method, Path string }

// Client is how the clients of a dialect's plugin ask, for commands that look at
// a site from outside. It holds for the plugin itself as for Cardea in its place.
type Client struct {
	Dialect string // as in configuration
	Plugin  string // what people call it

	// Index answers without credentials, and so that Recognises can tell.
	Index Call

	Login    Call     // takes {"username", "password"} as JSON
	Token    []string // where its answer holds the token, outermost name first
	Validate Call     // takes the token; zero: the plugin has no such route
	Try      Call     // a route on which the token counts
	BadTry   Call     // refuses a bad token otherwise than none
	NoHeader []string // codes of BadTry and Validate when no token arrived
	BadToken []string // what codes of BadTry begin with when one arrived

	namespace    string   // in the answer of Index; "": see Recognises
	lists, lacks []string // routes of the namespace
}

// Clients returns how each dialect is asked. Those that can be told for sure come
// first, and more specific ones before others.
func Clients() []Client {
	return []Client{
		phpJWT("wpjwtpro", "JWT Auth Pro", []string{"/token/refresh", "/token/revoke"}, nil, "token"),
		phpJWT("usefulteam", "JWT Auth by Useful Team", []string{"/token/refresh"}, []string{"/token/revoke"}, "data", "token"),
		phpJWT("wpjwt", "JWT Authentication for WP REST API", []string{"/token/validate"}, []string{"/token/refresh"}, "token"),
		miniorangeClient(), cocartClient(), nativeClient(), cocart1Client(),
	}
}

// ClientOf returns how the dialect of that name is asked.
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

// cocartClient tries the cart: the plugin reads tokens on CoCart's routes alone.
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

// cocart1Client knows CoCart's login alone, which is there without the plugin too.
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

// Recognises reports whether an answer of Index, of this status and with this
// object as its body, is the dialect's own. The native one refuses the method.
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

// TokenIn returns the token in an answer of Login, "" if there is none.
func (c Client) TokenIn(body map[string]any) string {
	var v any = body
	for _, name := range c.Token {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	text, _ := v.(string)
	return text
}
