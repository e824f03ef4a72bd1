package keys

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/ijson"
)

// maxJWS bounds a JWS including its payload, in bytes.
const maxJWS = 256 << 10

// SignJWS signs a payload as a compact JWS (RFC 7515 section 7.1) with the given typ.
// It is used for plugins; tokens are signed by core/token.
func SignJWS(payload []byte, typ string, key api.Key) ([]byte, error) {
	if err := asymmetric(key.Algorithm); err != nil {
		return nil, err
	}
	if !key.CanSign() {
		return nil, fmt.Errorf("%s holds no private part", describe(key.ID))
	}
	h := jws.NewHeaders()
	if err := errors.Join(h.Set(jws.TypeKey, typ), setKeyID(h, key.ID)); err != nil {
		return nil, err
	}
	return jws.Sign(payload, jws.WithKey(jwa.SignatureAlgorithm(key.Algorithm), key.Private, jws.WithProtectedHeaders(h)))
}

func setKeyID(h jws.Headers, id string) error {
	if id == "" {
		return nil
	}
	return h.Set(jws.KeyIDKey, id)
}

// VerifyJWS verifies a compact JWS against the trusted keys and returns its payload and
// the ID of the key that signed it. The header may contain only alg, typ and kid; HMAC
// algorithms are rejected.
func VerifyJWS(text []byte, typ string, trusted []api.Key) (payload []byte, kid string, err error) {
	text = bytes.TrimSpace(text)
	head, err := readJWSHead(text, typ)
	if err != nil {
		return nil, "", fmt.Errorf("signature: %w", err)
	}
	tried := false
	for _, key := range trusted {
		if key.Algorithm != head.Algorithm || head.KeyID != "" && head.KeyID != key.ID {
			continue
		}
		tried = true
		payload, err := jws.Verify(text, jws.WithKey(jwa.SignatureAlgorithm(key.Algorithm), key.Public))
		if err == nil {
			return payload, key.ID, nil
		}
	}
	if !tried {
		return nil, "", fmt.Errorf("signature: no trusted key for algorithm %s and key id %q: add the signer's public key", head.Algorithm, head.KeyID)
	}
	return nil, "", errors.New("signature: it does not match: the content was changed, or another key signed it")
}

type jwsHead struct {
	Algorithm string `json:"alg"`
	Type      string `json:"typ"`
	KeyID     string `json:"kid"`
}

func readJWSHead(text []byte, typ string) (jwsHead, error) {
	var head jwsHead
	if len(text) > maxJWS {
		return head, fmt.Errorf("more than %d bytes", maxJWS)
	}
	parts := strings.Split(string(text), ".")
	if len(parts) != 3 {
		return head, errors.New("must be a compact JWS: three parts separated by dots")
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(parts[0])
	if err != nil {
		return head, errors.New("the header is not base64url")
	}
	if err := ijson.Decode(raw, &head); err != nil {
		return head, fmt.Errorf("the header: %w", err)
	}
	if head.Type != typ {
		return head, fmt.Errorf("type %q, want %q", head.Type, typ)
	}
	return head, asymmetric(head.Algorithm)
}

func asymmetric(algorithm string) error {
	if strings.HasPrefix(algorithm, "HS") || !slices.Contains(Algorithms(), algorithm) {
		return fmt.Errorf("algorithm %q: use a key pair: EdDSA, ES256, PS256 or RS256", algorithm)
	}
	return nil
}
