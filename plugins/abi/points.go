package abi

import "slices"

// Points returns the catalogue in its written order: filters, then events.
// core.Hooks says of each when it runs and what the engine keeps.
func Points() []Point {
	return slices.Concat(filters(), events())
}

func filters() []Point {
	return []Point{
		decide("login-before", read("login", "method", "peer", "user_agent", "dialect", "host", "answer.*"),
			write(Text, "challenge", "challenge_text")),
		decide("login-after", userRoles(), read("method", "peer", "user_agent", "dialect")),
		decide("auth-expire", lifetime(), userKeys(), read("client", "dialect")),
		decide("auth-not-before", readInt("iat"), write(Int, "nbf"), userKeys(), read("dialect")),
		decide("auth-issuer", write(Text, "iss"), userKeys(), read("host", "dialect")),
		decide("auth-algorithm", write(Text, "alg"), userKeys(), read("client", "dialect")),
		decide("refresh-expire", lifetime(), userKeys(), read("client", "dialect")),
		enrich("token-claims", write(Any, "claim.*"), userKeys(), read("client", "dialect")),
		enrich("token-response", write(Any, "response.*"), userKeys(), read("dialect")),
		decide("token-verify", readAs(Any, "claim.*"), read("kid"), userKeys(), requestKeys()),
		decide("identity-resolved", userRoles(), read("method"), requestKeys()),
		decide("custom-header", write(Text, "name", "prefix"), write(Bool, "refuse_standard"), read("rule.name"), requestKeys()),
		decide("route-exclusion", widening("public"), read("rule.name"), requestKeys()),
		decide("route-access", userKeys(), read("rule.name"), requestKeys()),
		enrich("identity-headers", headers(), userKeys(), read("upstream")),
		enrich("error-response", write(Int, "status"), write(Text, "code", "message"), write(Any, "body.*"), headers(),
			read("reason", "dialect"), requestKeys()),
		enrich("cors-headers", read("origin"), write(Text, "allow", "headers", "methods"), requestKeys()),
		decide("rate-limit", read("kind", "key", "route"), write(Int, "limit", "window")),
		decide("refresh-before", read("session"), userKeys(), read("client", "peer", "user_agent", "dialect")),
		decide("session-limit", readAs(JSON, "live"), write(JSON, "end"), userKeys()),
	}
}

func events() []Point {
	names := []string{
		"login-succeeded", "login-failed", "token-issued", "token-validated", "token-refreshed", "token-revoked",
		"refresh-reused", "session-ended", "user-changed", "user-deleted", "apikey-created", "apikey-revoked",
		"key-rotated", "request-denied", "plugin-failed", "config-reloaded",
	}
	keys := slices.Concat(readInt("at"), read("actor", "target", "token_id", "reason", "dialect", "rule.name", "peer", "user_agent"),
		userKeys(), requestKeys())
	points := make([]Point, len(names))
	for i, name := range names {
		points[i] = Point{Name: name, Keys: keys}
	}
	return points
}

func decide(name string, keys ...[]Key) Point {
	return Point{Name: name, Filter: true, Keys: slices.Concat(keys...)}
}

func enrich(name string, keys ...[]Key) Point {
	p := decide(name, keys...)
	p.Enrich = true
	return p
}

func read(names ...string) []Key    { return readAs(Text, names...) }
func readInt(names ...string) []Key { return readAs(Int, names...) }

func readAs(t Type, names ...string) []Key {
	keys := make([]Key, len(names))
	for i, name := range names {
		keys[i] = Key{Name: name, Type: t}
	}
	return keys
}

func write(t Type, names ...string) []Key {
	keys := readAs(t, names...)
	for i := range keys {
		keys[i].Write = true
	}
	return keys
}

// lifetime is one quantity under two names: seconds from iat, or a moment.
func lifetime() []Key {
	return append(readInt("iat"),
		Key{Name: "lifetime", Type: Int, Write: true, Wants: AllowExtend},
		Key{Name: "exp", Type: Int, Write: true, Wants: AllowExtend})
}

func widening(name string) []Key {
	return []Key{{Name: name, Type: Bool, Write: true, Wants: AllowWiden}}
}

func headers() []Key {
	return []Key{{Name: "header.*", Type: Text, Write: true, Named: true}}
}

func userKeys() []Key {
	return slices.Concat(
		read("user.sub", "user.login", "user.email", "user.nicename", "user.display", "user.first_name", "user.last_name"),
		readInt("user.id"), readAs(JSON, "user.roles", "user.scopes"))
}

// userRoles is userKeys where roles and scopes may be changed.
func userRoles() []Key {
	keys := userKeys()
	for i := range keys {
		if keys[i].Type == JSON {
			keys[i].Write, keys[i].Wants = true, AllowRoles
		}
	}
	return keys
}

func requestKeys() []Key {
	return read("req.method", "req.path", "req.host", "req.query", "req.scheme", "req.peer", "req.header.*")
}
