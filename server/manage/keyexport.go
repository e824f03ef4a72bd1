package manage

import (
	"fmt"
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

// exportKey returns a public key in the format that the query names.
func (h keyHandler) exportKey(r *http.Request) (any, error) {
	q := r.URL.Query()
	out, err := export(h.Engine.Keys(), q.Get("kid"), q.Get("format"), h.Engine.Now())
	return exported{string(out)}, err
}

// certificateLife is the validity of an exported certificate. It is nominal: the validity
// of the key itself counts.
const certificateLife = 10 * 365 * 24 * time.Hour

func export(ring *keys.Ring, kid, format string, now time.Time) ([]byte, error) {
	key := ring.Active()
	if kid != "" {
		var ok bool
		if key, ok = ring.Find(kid); !ok {
			return nil, named(api.ErrNotFound, api.ReasonUnknownKey, "no signing key has the id %q", kid)
		}
	}
	if key.ID == "" && key.Algorithm != "" && format != "jwks" {
		return nil, api.E(api.Conflict, "", "the tokens are signed with keys.secret, which is not exported: whoever verifies them needs the secret itself")
	}
	if key.ID == "" && kid == "" { // a read-only ring whose file is missing
		return nil, api.Wrap(api.NotFound, api.ReasonUnknownKey, "there is no signing key: the server makes one when it starts", api.ErrNotFound)
	}
	switch format {
	case "jwk":
		return asked(keys.ExportJWK(key, false))
	case "jwks":
		return ring.JWKS(), nil
	case "pem":
		return asked(keys.ExportPEM(key, false))
	case "cert":
		return asked(keys.ExportCertificate(key, "cardea "+key.ID, now, now.Add(certificateLife)))
	}
	return nil, api.E(api.Invalid, "", fmt.Sprintf("format is %.40q, must be jwk, jwks, pem or cert", format))
}

// asked turns an error into one of the request: the key has no public part.
func asked(out []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, api.E(api.Invalid, "", err.Error())
	}
	return out, nil
}
