package token

import (
	"errors"

	"github.com/cardea-auth/cardea/core/api"
)

// Option changes how [Sign] writes.
type Option func(*writer)

type writer struct{ escapeSlashes bool }

// EscapeSlashes writes every "/" in strings as "\/", as PHP's json_encode does.
func EscapeSlashes() Option { return func(w *writer) { w.escapeSlashes = true } }

// Sign returns the compact JWS of claims. head are the header members in order;
// alg is the key's, at the place of a member named "alg" if there is one (its
// value is ignored), else first. Nothing else is added to either part. It fails
// on a key that cannot sign and on values that JSON cannot hold.
func Sign(head []api.Claim, claims api.Claims, key api.Key, opts ...Option) (string, error) {
	return "", errors.New("sign: no algorithm is offered")
}
