package miniorange

import (
	"crypto"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// isPublic reports whether a key has a public part.
func isPublic(key api.Key) bool {
	_, pair := key.Private.(crypto.Signer)
	return pair
}

// publicKey handles GET /public-key: it returns the public key to verify tokens with,
// in PEM and as a certificate for programs that accept only that.
func (h *handler) publicKey(w http.ResponseWriter, r *http.Request, _ wordpress.Params) {
	key := h.key()
	text, err := keys.ExportPEM(key, false)
	var x5c []any
	if err == nil {
		x5c, err = h.chain(key)
	}
	if err != nil {
		h.refuse(w, r, err, refreshWords)
		return
	}
	h.site.Answer(w, r, http.StatusOK, api.NewClaims(
		api.Claim{Name: "status", Value: "TRUE"},
		api.Claim{Name: "message", Value: "PUBLIC_KEY"},
		api.Claim{Name: "code", Value: "200"},
		api.Claim{Name: "algorithm", Value: key.Algorithm},
		api.Claim{Name: "public_key", Value: string(text)},
		api.Claim{Name: "x5c", Value: x5c},
	))
}

// chain returns the certificates of the key in x5c format (RFC 7517 section 4.7): base64 of
// the DER. A key without a certificate gets a self-signed one.
func (h *handler) chain(key api.Key) (x5c []any, err error) {
	for _, der := range key.Chain {
		x5c = append(x5c, base64.StdEncoding.EncodeToString(der))
	}
	if x5c == nil {
		own, err := h.certificate(key)
		return []any{own}, err
	}
	return x5c, nil
}

// certificateLife is how long a self-signed certificate is valid.
const certificateLife = 365 * 24 * time.Hour

// certificates caches the latest certificate, because a signature per request would be
// too expensive. Safe for concurrent use.
type certificates struct {
	mu    sync.Mutex
	of    string // the key's ID
	text  string
	until time.Time
}

// certificate returns a self-signed certificate in x5c format.
func (h *handler) certificate(key api.Key) (string, error) {
	now, kept := h.site.Engine.Now(), h.kept
	kept.mu.Lock()
	defer kept.mu.Unlock()
	if kept.of == key.ID && now.Before(kept.until) {
		return kept.text, nil
	}
	text, err := keys.ExportCertificate(key, h.site.Mount.Issuer, now, now.Add(certificateLife))
	if err != nil {
		return "", err
	}
	block, _ := pem.Decode(text)
	kept.of, kept.text, kept.until = key.ID, base64.StdEncoding.EncodeToString(block.Bytes), now.Add(certificateLife/2)
	return kept.text, nil
}
