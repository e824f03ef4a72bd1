package policy

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// UserClaims are further claims of the tokens of a site, for other applications: the name
// of a field of the user, as in [UserFields], by the name of the claim. Nothing here reads
// them.
type UserClaims map[string]string

// Bounds of user claims.
const (
	MaxUserClaims     = 16      // of one site
	MaxUserClaimsSize = 4 << 10 // bytes of JSON in one token
	maxUserClaimName  = 128     // bytes
)

// userField is a field of the user that may be copied into tokens.
type userField struct {
	name string
	of   func(*api.Identity) any // nil or "" if the user has none
}

func userFields() []userField {
	return []userField{
		{"user.id", func(id *api.Identity) any { return number(id.Number) }},
		{"user.subject", func(id *api.Identity) any { return id.Subject }},
		{"user.directory", func(id *api.Identity) any { return id.Directory }},
		{"user.login", func(id *api.Identity) any { return id.Login }},
		{"user.email", func(id *api.Identity) any { return id.Email }},
		{"user.nicename", func(id *api.Identity) any { return id.Nicename }},
		{"user.display", func(id *api.Identity) any { return id.Display }},
		{"user.first_name", func(id *api.Identity) any { return id.FirstName }},
		{"user.last_name", func(id *api.Identity) any { return id.LastName }},
		{"user.roles", func(id *api.Identity) any { return AnyList(id.Roles) }},
	}
}

// number returns nil for a user without a number.
func number(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

// UserFields returns the names of the fields that may be copied.
func UserFields() (names []string) {
	for _, f := range userFields() {
		names = append(names, f.name)
	}
	return names
}

// Of returns the claims with the user's values, sorted by name. Claims without a value are
// left out, and so is a value that is not valid UTF-8 or with which the claims would exceed
// [MaxUserClaimsSize]: values are not cut.
func (u UserClaims) Of(id *api.Identity) (list []api.Claim) {
	room := MaxUserClaimsSize
	for _, name := range slices.Sorted(maps.Keys(u)) {
		i := slices.IndexFunc(userFields(), func(f userField) bool { return f.name == u[name] })
		if i < 0 {
			continue // Check refuses it
		}
		claim := api.Claim{Name: name, Value: userFields()[i].of(id)}
		size, err := token.Size(api.ParsedClaims([]api.Claim{claim}))
		if claim.Value == nil || claim.Value == "" || err != nil || size > room {
			continue
		}
		list, room = append(list, claim), room-size
	}
	return list
}

// Check returns an error if tokens of the format cannot have the claims: for a claim that
// the engine or the format sets, that is read for a decision here or elsewhere, or that has
// an unknown field.
func (u UserClaims) Check(l TokenFormat) error {
	if len(u) > MaxUserClaims {
		return fmt.Errorf("there are %d claims of the user, must be at most %d", len(u), MaxUserClaims)
	}
	var errs []error
	names := slices.Sorted(maps.Keys(u))
	for i, name := range names {
		if err := l.checkUserClaim(name, u[name]); err != nil {
			errs = append(errs, fmt.Errorf("claim %.60q: %w", name, err))
		}
		if slices.ContainsFunc(names[:i], func(other string) bool { return strings.EqualFold(name, other) }) {
			errs = append(errs, fmt.Errorf("claim %.60q: differs from another one only in capitals", name))
		}
	}
	return errors.Join(errs...)
}

func (l *TokenFormat) checkUserClaim(name, field string) error {
	is := func(other string) bool { return strings.EqualFold(name, other) }
	fixed, standard := userClaimSource(name)
	switch {
	case !plainName(name):
		return fmt.Errorf("must have a name of 1 to %d visible ASCII characters, without quotes and backslashes", maxUserClaimName)
	case !slices.Contains(UserFields(), field):
		return fmt.Errorf("%.60q is not a field that tokens may have: write one of %s", field, strings.Join(UserFields(), ", "))
	case slices.ContainsFunc(Stamped[:], is), slices.ContainsFunc(l.Order, is):
		return errors.New("belongs to the format of the tokens: choose another name")
	case standard && fixed == "":
		return errors.New("is a standard claim by which applications decide: choose another name")
	case standard && field != fixed:
		return fmt.Errorf("is a claim that applications trust, and may hold %s only", fixed)
	case l.readsBack(name):
		return errors.New("is read for decisions when the token is used: choose another name")
	}
	return nil
}

// plainName excludes what readers of JSON could show or compare otherwise.
func plainName(name string) bool {
	return name != "" && len(name) <= maxUserClaimName &&
		!strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' })
}

// userClaimSource returns, for a claim by which applications decide, the only field that it
// may hold: users can change the others themselves. "" is none.
func userClaimSource(name string) (field string, standard bool) {
	switch strings.ToLower(name) {
	case "email": // OpenID Connect Core section 5.1
		return "user.email", true
	case "preferred_username", "username", "user_name", "unique_name", "upn":
		return "user.login", true
	case "roles", "groups", "entitlements", // RFC 9068 section 2.2.3.1
		"role", "group": // PostgREST and many frameworks
		return "user.roles", true
	case "scope", "scopes", "scp", "permissions", "authorities",
		"client_id", "azp", "act", "may_act", "auth_time", "acr", "amr", "nonce", "at_hash", "c_hash", "s_hash",
		"email_verified", "phone_number", "phone_number_verified", "events", "txn", "toe", "token_use", "typ", "alg", "kid", "uid", "data",
		"user_id", "oid", "tid", "tenant", "tenant_id", "org_id", "is_admin", "admin", "is_superuser", "superuser", "is_staff",
		"https://hasura.io/jwt/claims", "cognito:groups", "realm_access", "resource_access", "wids", "app_metadata":
		return "", true
	}
	return "", false
}

// readsBack reports whether the format reads anything of an identity from the claim.
func (l *TokenFormat) readsBack(name string) (reads bool) {
	defer func() { // a function of an extension may panic on what it does not expect
		reads = reads || recover() != nil
	}()
	id := api.Identity{Subject: "u_1", Number: 1, Login: "user"}
	var base api.Claims
	switch {
	case l.Compose != nil:
		base = l.Compose(api.IssueRequest{Identity: id, TokenFormat: l.Name}, "id")
	case l.Base != nil:
		base = l.Base(id)
	}
	base = base.With("sub", id.Subject)
	was, complete, err := l.Read(base)
	for _, value := range []any{"probe", int64(7), []any{"probe"}} {
		is, completeThen, errThen := l.Read(base.With(name, value))
		if !reflect.DeepEqual(was, is) || complete != completeThen || (err == nil) != (errThen == nil) {
			return true
		}
	}
	return false
}
