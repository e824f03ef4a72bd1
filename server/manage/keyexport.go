package manage

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

// exportKey returns a public key in the format that the query names.
func (h keyHandler) exportKey(r *http.Request) (any, error) {
	q := r.URL.Query()
	if name := q.Get("mount"); name != "" {
		out, err := exportMount(h.Engine.Admin().Policy(), name, q.Get("format"), h.Engine.Now())
		return exported{string(out)}, err
	}
	out, err := export(h.Engine.Keys(), q.Get("kid"), q.Get("format"), h.Engine.Now())
	return exported{string(out)}, err
}

// exportMount returns the public part of the key that a mount signs with, if it has one of
// its own.
func exportMount(p core.Policy, name, format string, now time.Time) ([]byte, error) {
	i := slices.IndexFunc(p.TokenFormats, func(l core.TokenFormat) bool { return l.Name == name && l.Verifying == nil && len(l.Keys) > 0 })
	if i < 0 {
		return nil, named(api.ErrNotFound, api.ReasonUnknownKey, "no mount with a key of its own is called %q: the others sign with the server's keys", name)
	}
	key := p.TokenFormats[i].Keys[0]
	if format == "jwks" {
		return asked(keys.ExportSet([]api.Key{key}))
	}
	return exportOne(key, name, format, now)
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
	if format == "jwks" {
		return ring.JWKS(), nil
	}
	return exportOne(key, key.ID, format, now)
}

// exportOne returns the public part of a key. Its certificate is the configured one, or else
// a new one with its name.
func exportOne(key api.Key, name, format string, now time.Time) ([]byte, error) {
	switch format {
	case "jwk":
		return asked(keys.ExportJWK(key, false))
	case "pem":
		return asked(keys.ExportPEM(key, false))
	case "cert":
		if len(key.Chain) > 0 {
			return keys.ExportChain(key), nil
		}
		return asked(keys.ExportCertificate(key, "cardea "+name, now, now.Add(certificateLife)))
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
