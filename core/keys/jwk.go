package keys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/lestrrat-go/jwx/v2/jwk"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys/internal/members"
)

// MaxSetBytes is the size of the largest JWK set that is read, in bytes.
const MaxSetBytes = 512 << 10

const maxSetKeys = 128

// ErrNoKeys is returned for a well-formed set with an empty keys array.
var ErrNoKeys = errors.New("the set is empty: no key for signatures")

// errNotForSignatures marks keys that are sound but have another use.
var errNotForSignatures = errors.New("not for signatures")

// ParseJWK parses one JWK (RFC 7517 section 4), private or public. The key is bound to
// its alg member, or without one to the default for its type: HS256, RS256, the ES
// algorithm of its curve, or EdDSA.
func ParseJWK(data []byte) (api.Key, error) {
	key, err := parseJWK(data, nil, true)
	if err != nil {
		return api.Key{}, fmt.Errorf("read JWK: %w", err)
	}
	return key[0], nil
}

// ParseSet parses a JWK set (RFC 7517 section 5). Keys for encryption are skipped. Any
// unfit key, duplicate kids, a mix of symmetric and asymmetric keys, or the lack of
// signature keys make the whole set invalid. A key or certificate in PEM is a set of that
// key without an ID.
func ParseSet(data []byte) ([]api.Key, error) { return parseSetOrPEM(data, nil) }

// ParseSetFor parses a JWK set that verifies another issuer's tokens, or a key or
// certificate in PEM: keys without alg are bound to all of algorithms that suit their
// type, and keys of other algorithms are dropped. It is an error if no key remains.
func ParseSetFor(data []byte, algorithms []string) ([]api.Key, error) {
	list, err := parseSetOrPEM(data, algorithms)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(k api.Key) bool { return !slices.Contains(algorithms, k.Algorithm) })
	if len(list) == 0 {
		return nil, fmt.Errorf("read JWK set: no key for %v", algorithms)
	}
	for i := range list {
		list[i].Private = nil // verification keys must not be able to sign
	}
	return list, nil
}

func parseSetOrPEM(data []byte, algorithms []string) ([]api.Key, error) {
	if isPEM(data) {
		return parsePEMFor(data, algorithms)
	}
	list, err := parseSet(data, setPolicy{algorithms: algorithms})
	if err != nil {
		return nil, fmt.Errorf("read JWK set: %w", err)
	}
	return list, nil
}

// ParseUsable parses a JWK set as [ParseSet] and skips its unfit keys, and those for which
// check returns an error. Keys without alg are bound to all of algorithms that suit their
// type. skipped is called for each key that is skipped. The error wraps [ErrNoKeys] if the
// set is empty; it is an error, too, if no key remains.
func ParseUsable(data []byte, algorithms []string, check func(api.Key) error, skipped func(error)) ([]api.Key, error) {
	return parseSet(data, setPolicy{algorithms: algorithms, check: check, skipped: skipped})
}

// setPolicy controls how a set is parsed.
type setPolicy struct {
	algorithms []string            // for keys without alg; nil is the default of their type
	check      func(api.Key) error // what else a key must fulfil; nil: nothing
	skipped    func(err error)     // is called for unfit keys, which are then skipped; nil makes them errors
}

func parseSet(data []byte, p setPolicy) ([]api.Key, error) {
	raw, err := setMembers(data)
	if err != nil {
		return nil, err
	}
	var list []api.Key
	seen := map[string]bool{}
	for i, one := range raw {
		found, err := parseJWK(one, p.algorithms, p.algorithms == nil)
		if err == nil && p.check != nil {
			err = p.check(found[0])
		}
		if err == nil && seen[found[0].ID] {
			return nil, fmt.Errorf("two keys with kid %.64q", found[0].ID)
		}
		if err == nil {
			seen[found[0].ID] = found[0].ID != ""
			list = append(list, found...)
			continue
		}
		if err = fmt.Errorf("key %d: %w", i+1, err); p.skipped != nil {
			p.skipped(err)
		} else if !errors.Is(err, errNotForSignatures) {
			return nil, err
		}
	}
	return list, checkSet(list)
}

func setMembers(data []byte) ([]json.RawMessage, error) {
	if len(data) > MaxSetBytes {
		return nil, fmt.Errorf("%d bytes, at most %d are read", len(data), MaxSetBytes)
	}
	object, err := members.Read(data)
	if err != nil {
		return nil, err
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(object["keys"], &raw); err != nil {
		return nil, errors.New(`no array "keys"`)
	}
	if raw != nil && len(raw) == 0 {
		return nil, ErrNoKeys
	}
	if len(raw) > maxSetKeys {
		return nil, fmt.Errorf("%d keys, at most %d are read", len(raw), maxSetKeys)
	}
	return raw, nil
}

// checkSet checks the rules that concern several keys.
func checkSet(list []api.Key) error {
	if len(list) == 0 {
		return errors.New("no key for signatures")
	}
	mixed := func(key api.Key) bool { return isSymmetric(key) != isSymmetric(list[0]) }
	if slices.ContainsFunc(list, mixed) {
		return errors.New("symmetric and asymmetric keys in one set")
	}
	return nil
}

func isSymmetric(key api.Key) bool {
	_, ok := key.Public.([]byte)
	return ok
}

// parseJWK returns the key once for each algorithm it is bound to. An own key has its
// private part and the certificates in x5c, if it has any.
func parseJWK(data []byte, algorithms []string, own bool) ([]api.Key, error) {
	object, err := members.Read(data)
	if err != nil {
		return nil, err
	}
	head, err := readHead(object)
	if err != nil {
		return nil, err
	}
	if err := head.forSignatures(); err != nil {
		return nil, err
	}
	data, err = members.Numbers(object, own)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", describe(head.Kid), err)
	}
	parsed, err := jwk.ParseKey(data)
	if err != nil {
		return nil, errors.New("not a JWK of a known kind, or a member is missing or malformed")
	}
	var material any
	if err := parsed.Raw(&material); err != nil {
		return nil, errors.New("its numbers make no key")
	}
	list, err := bindAll(head, pointer(material), algorithms)
	if err != nil || !own {
		return list, err
	}
	list[0].Chain, err = chainOf(object["x5c"], pointer(material))
	return list, err
}

func bindAll(head jwkHead, material any, algorithms []string) ([]api.Key, error) {
	names := []string{head.Alg}
	if head.Alg == "" {
		names = suitable(material, algorithms)
	}
	var list []api.Key
	for _, name := range names {
		key, err := bind(head.Kid, name, material)
		if err != nil {
			return nil, err
		}
		list = append(list, key)
	}
	if len(list) == 0 {
		return nil, errNotForSignatures
	}
	return list, nil
}

// suitable returns the elements of algorithms that suit the type of the material.
func suitable(material any, algorithms []string) []string {
	usual := natural(material)
	if algorithms == nil {
		return []string{usual}
	}
	return slices.DeleteFunc(slices.Clone(algorithms), func(a string) bool {
		rsa := family(usual) == "RS" && (family(a) == "RS" || family(a) == "PS")
		hmac := family(usual) == "HS" && family(a) == "HS"
		return a != usual && !rsa && !hmac
	})
}

// jwkHead holds the members of a JWK about its use.
type jwkHead struct {
	Kid, Alg, Use string
	Ops           []string
}

func readHead(object map[string]json.RawMessage) (jwkHead, error) {
	var h jwkHead
	for name, into := range map[string]any{"kid": &h.Kid, "alg": &h.Alg, "use": &h.Use, "key_ops": &h.Ops} {
		if raw, ok := object[name]; ok {
			if err := json.Unmarshal(raw, into); err != nil || bytes.Equal(raw, []byte("null")) {
				return jwkHead{}, fmt.Errorf("member %s has the wrong type", name)
			}
		}
	}
	return h, nil
}

func (h jwkHead) forSignatures() error {
	if h.Use != "" && h.Use != "sig" {
		return fmt.Errorf("%s: use is %.32q: %w", describe(h.Kid), h.Use, errNotForSignatures)
	}
	if h.Ops != nil && !slices.Contains(h.Ops, "verify") && !slices.Contains(h.Ops, "sign") {
		return fmt.Errorf("%s: key_ops lack sign and verify: %w", describe(h.Kid), errNotForSignatures)
	}
	return nil
}
