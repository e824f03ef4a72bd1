package core_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/hooks"
)

// texts returns changes that each set key to one of the values in list.
func texts(key string, list ...string) map[string]change {
	all := map[string]change{}
	for _, s := range list {
		all[fmt.Sprintf("%s: %d bytes, %.20q", key, len(s), s)] = set(key, hooks.String(s))
	}
	return all
}

// lists does the same with lists.
func lists(key string, all ...[]string) map[string]change {
	changes := map[string]change{}
	for _, list := range all {
		text, _ := json.Marshal(list)
		changes[fmt.Sprintf("%s: %d bytes, %.20s", key, len(text), text)] = set(key, hooks.JSON(string(text)))
	}
	return changes
}

func numbers(key string, list ...int64) map[string]change {
	changes := map[string]change{}
	for _, n := range list {
		changes[fmt.Sprint(key, " ", n)] = set(key, hooks.Int(n))
	}
	return changes
}

func together(all ...map[string]change) map[string]change {
	out := map[string]change{}
	for _, changes := range all {
		for name, c := range changes {
			out[name] = c
		}
	}
	return out
}

// long is n bytes of text.
func long(n int) string { return strings.Repeat("x", n) }

// names are n names of that many bytes.
func namesOf(n, bytes int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf("%0*d", bytes, i))
	}
	return list
}

// noLines are texts that no line holds.
var noLines = []string{"a\r\nb", "a\nb", "a\x00b", "a\x7fb", "a\u0085b", "a\xffb"}

// judgedPoints follows the bounds in README and hooks.go, not the code: 8 KiB for a
// header's value, 256 bytes for names, 128 for codes, 4 KiB for messages, 16 KiB for
// tokens.
func judgedPoints() []judged {
	withKind := func(c change) change { return both(set("challenge", hooks.String("2fa")), c) }
	challenges := func(changes map[string]change) map[string]change {
		for name, c := range changes {
			changes[name] = withKind(c)
		}
		return changes
	}
	roles := lists("user.roles", namesOf(1, 256), append(namesOf(31, 256), namesOf(1, 8<<10-31*257)...), []string{"a b", "größe"})
	badRoles := lists("user.roles", namesOf(1, 257), append(namesOf(31, 256), namesOf(1, 8<<10-31*257+1)...),
		[]string{""}, []string{"a,b"}, []string{" a"}, []string{"a "}, []string{"a\nb"})
	scopes := lists("user.scopes", namesOf(1, 256), append(namesOf(31, 256), namesOf(1, 8<<10-31*257)...), []string{"!", "~", "#", "[", "]"})
	badScopes := lists("user.scopes", namesOf(1, 257), append(namesOf(31, 256), namesOf(1, 8<<10-31*257+1)...),
		[]string{""}, []string{" "}, []string{"a b"}, []string{"\x1f"}, []string{"\x7f"}, []string{"é"}, []string{`"`}, []string{`\`})
	return []judged{
		{"login-before",
			together(texts("challenge", "2fa", "a_b-c.D9", long(128)), challenges(texts("challenge_text", "", "größe", long(4<<10)))),
			together(texts("challenge", "", long(129), "a b", "a/b", "a:b", "é", "a\n"), challenges(texts("challenge_text", append(noLines, long(4<<10+1))...)), texts("challenge_text", "without a kind"))},
		{"login-after", together(roles, scopes), together(badRoles, badScopes)},
		{"identity-resolved", together(roles, scopes), together(badRoles, badScopes)},
		{"auth-issuer", texts("iss", "cardea", "https://id.example"), texts("iss", "", "cardea ", "Cardea", "https://id.example/")},
		{"auth-algorithm", texts("alg", "HS256", "ES256"), texts("alg", "", "none", "hs256", "RS256")},
		{"token-claims",
			together(texts("claim."+long(256), "v"), map[string]change{"delete": remove("claim.uid")}, texts("claim.x", "a\nb", long(8<<10))),
			together(texts("claim."+long(257), "v"), texts("claim.x", "a\xffb", long(16<<10)), stampedClaims())},
		{"token-response",
			together(texts("response."+long(256), "v"), texts("response.x", "", "a\nb")),
			together(texts("response."+long(257), "v"), texts("response.a\xffb", "v"), texts("response.x", "a\xffb"))},
		{"custom-header",
			together(texts("name", "X-Token", long(256)), texts("prefix", "Bearer", "Token", "")),
			together(texts("name", long(257), "X-Tier", "x-tier", "X_Tier", "X-Auth-User", "Cookie", "a b"), texts("prefix", long(257), "a b", "a\nb"),
				map[string]change{"standard refused, and no other": set("refuse_standard", hooks.Bool(true))})},
		{"identity-headers",
			together(texts("header.X-Tier", "", "größe", long(8<<10)), map[string]change{"own again": both(set("header.X-Auth-User", hooks.String("bob")))}),
			together(texts("header.X-Tier", append(noLines, " a", "a ", long(8<<10+1))...), texts("header.X-Other", "v"), texts("header.X_tier", "v"), texts("header.Cookie", "v"),
				texts("header.X-Auth-User", "root"), texts("header.X-Auth-Roles", "root"), texts("header.X-Auth-Method", ""),
				map[string]change{"delete own": remove("header.X-Auth-Roles")})},
		{"error-response",
			together(numbers("status", 400, 403, 499), texts("code", "c", long(128)), texts("message", "", long(4<<10)), texts("header.X-Help", "", long(8<<10)), texts("body."+long(256), "v")),
			together(numbers("status", 399, 500, 200, 0), texts("code", append(noLines, "", long(129))...), texts("message", append(noLines, long(4<<10+1))...),
				texts("header.X-Help", append(noLines, " a", "a ", long(8<<10+1))...), texts("header.X Help", "v"), texts("body."+long(257), "v"), texts("body.x", "a\xffb"))},
		{"cors-headers",
			together(texts("allow", "*", "", "https://a.example"), tokenLists("headers"), tokenLists("methods")),
			together(texts("allow", "null", "https://b.example", "https://a.example "), noTokenLists("headers"), noTokenLists("methods"))},
		{"rate-limit", together(numbers("limit", 0, 1, 1<<30), numbers("window", 1, 366*24*3600)), together(numbers("limit", -1, 1<<30+1), numbers("window", 0, -1, 366*24*3600+1))},
		{"session-limit", lists("end", []string{}), lists("end", []string{"another"}, []string{""})},
	}
}

// tokenLists returns lists as in RFC 9110 section 5.6.1 with each character of a token.
func tokenLists(key string) map[string]change {
	return texts(key, "", "a", "X-A, X-B", "a,b", "!#$%&'*+-.^_`|~09azAZ", long(8<<10))
}

func noTokenLists(key string) map[string]change {
	return texts(key, ",", "a,", ",a", "a b", "a;b", "a:b", "a(b", "a\"b", "a/b", "a@b", "é", "a\n", long(8<<10+1))
}

// stampedClaims changes the claims that only the engine sets, in upper and lower case.
func stampedClaims() map[string]change {
	changes := map[string]change{}
	for _, name := range []string{"iss", "sub", "aud", "iat", "nbf", "exp", "jti", "sid", "gen", "cnf", "SUB", "Exp"} {
		changes["set "+name] = set("claim."+name, hooks.String("x"))
		if name != "aud" && name != "cnf" && strings.ToLower(name) == name { // there is none to delete
			changes["delete "+name] = remove("claim." + name)
		}
	}
	return changes
}
