package token

import (
	"encoding/json"
	"math"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// maxDate is 9999-12-31T23:59:59Z in seconds. Later dates are mistakes, most often
// milliseconds.
const maxDate = 253402300799

// numericDate parses a NumericDate (RFC 7519 section 2): a JSON number, possibly with a
// fraction.
func numericDate(v any) (time.Time, bool) {
	switch n := v.(type) {
	case int64:
		return time.Unix(n, 0), -maxDate <= n && n <= maxDate
	case json.Number:
		f, err := n.Float64()
		if err != nil || math.Abs(f) > maxDate {
			return time.Time{}, false
		}
		whole, part := math.Modf(f)
		return time.Unix(int64(whole), int64(part*1e9)), true
	}
	return time.Time{}, false
}

// dates are the times of a token; missing ones are zero.
type dates struct{ exp, nbf, iat time.Time }

func (t *Token) dates() (d dates, err error) {
	for _, f := range [...]struct {
		name string
		into *time.Time
	}{{"exp", &d.exp}, {"nbf", &d.nbf}, {"iat", &d.iat}} {
		v, there := t.claims.Get(f.name)
		if !there && f.name != "exp" {
			continue
		}
		at, ok := numericDate(v)
		if !ok {
			return d, refuse(api.ReasonTokenClaims, "token has no valid "+f.name, "%s is missing, not a number or after the year 9999", f.name)
		}
		*f.into = at
	}
	return d, nil
}

func (t *Token) checkTimes(p *Profile, now time.Time) error {
	d, err := t.dates()
	if err != nil {
		return err
	}
	soon := now.Add(p.Leeway)
	if d.nbf.After(soon) || d.iat.After(soon) {
		return refuse(api.ReasonTokenNotYet, "token not valid yet", "nbf or iat is after %s", now.UTC().Format(time.RFC3339))
	}
	if !now.Before(d.exp.Add(p.Leeway)) {
		return refuse(api.ReasonTokenExpired, "token expired", "expired at %s", d.exp.UTC().Format(time.RFC3339))
	}
	from := d.iat
	if from.IsZero() && p.Undated {
		from = d.nbf
	}
	if p.MaxLifetime > 0 && (from.IsZero() || d.exp.Sub(from) > p.MaxLifetime) {
		return refuse(api.ReasonTokenLifetime, "token lives too long", "no iat, or exp is more than %s after it", p.MaxLifetime)
	}
	return nil
}
