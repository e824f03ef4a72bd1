package dialect

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

// TestCommon_previous: a replaced secret verifies until its end and never signs; one that
// is incomplete, weak or no other than the secret is refused and verifies nothing.
func TestCommon_previous(t *testing.T) {
	const is, was api.Secret = "0123456789-abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba-9876543210"
	until := api.Moment{Time: time.Date(2027, 1, 31, 18, 0, 0, 0, time.UTC)}
	ring, err := keys.Open(t.Context(), keys.Config{Algorithm: "RS256"})
	if err != nil {
		t.Fatal(err)
	}
	defer ring.Close()
	text := func(export func() ([]byte, error)) api.Secret {
		t.Helper()
		out, err := export()
		if err != nil {
			t.Fatal(err)
		}
		return api.Secret(out)
	}
	pair := text(func() ([]byte, error) { return keys.ExportPEM(ring.Active(), true) })
	public := text(func() ([]byte, error) { return keys.ExportPEM(ring.Active(), false) })
	certificate := text(func() ([]byte, error) {
		return keys.ExportCertificate(ring.Active(), "shop", until.AddDate(-1, 0, 0), until.Time)
	})
	for name, c := range map[string]struct {
		common    Common
		invalid   string // the setting that Validate complains of
		unusable  bool
		algorithm string // of the previous key; "" if there is none
	}{
		"none":                    {common: Common{Secret: is}},
		"a secret":                {common: Common{Secret: is, SecretPrevious: was, SecretPreviousUntil: until}, algorithm: "HS256"},
		"HS512":                   {common: Common{Secret: is + is, SecretPrevious: was + was, SecretPreviousUntil: until, Algorithm: "HS512"}, algorithm: "HS512"},
		"a pair":                  {common: Common{Secret: is, SecretPrevious: pair, SecretPreviousUntil: until}, algorithm: "RS256"},
		"a public key":            {common: Common{Secret: is, SecretPrevious: public, SecretPreviousUntil: until, Algorithm: "HS256"}, algorithm: "RS256"},
		"a certificate":           {common: Common{Secret: is, SecretPrevious: certificate, SecretPreviousUntil: until}, algorithm: "RS256"},
		"a secret before a pair":  {common: Common{Secret: pair, SecretPrevious: was, SecretPreviousUntil: until, Algorithm: "PS256"}, algorithm: "HS256"},
		"a weak one, let in":      {common: Common{Secret: is, SecretPrevious: "short", SecretPreviousUntil: until, AllowWeakSecret: true}, algorithm: "HS256"},
		"a weak one":              {common: Common{Secret: is, SecretPrevious: "short", SecretPreviousUntil: until}, unusable: true},
		"no key":                  {common: Common{Secret: is, SecretPrevious: "-----BEGIN PUBLIC KEY-----", SecretPreviousUntil: until}, unusable: true},
		"no end":                  {common: Common{Secret: is, SecretPrevious: was}, invalid: "secret_previous_until", unusable: true},
		"an end alone":            {common: Common{Secret: is, SecretPreviousUntil: until}, invalid: "secret_previous_until"},
		"no secret":               {common: Common{SecretPrevious: was, SecretPreviousUntil: until}, invalid: "secret_previous", unusable: true},
		"the same":                {common: Common{Secret: is, SecretPrevious: is, SecretPreviousUntil: until}, invalid: "secret_previous", unusable: true},
		"the same, weak":          {common: Common{Secret: "short", SecretPrevious: "short", SecretPreviousUntil: until, AllowWeakSecret: true}, invalid: "secret_previous", unusable: true},
		"the pair's public key":   {common: Common{Secret: pair, SecretPrevious: public, SecretPreviousUntil: until}, invalid: "secret_previous", unusable: true},
		"the pair's certificate":  {common: Common{Secret: pair, SecretPrevious: certificate, SecretPreviousUntil: until}, invalid: "secret_previous", unusable: true},
		"beside an unusable one":  {common: Common{Secret: "short", SecretPrevious: was, SecretPreviousUntil: until}},
		"beside a public key":     {common: Common{Secret: public, SecretPrevious: was, SecretPreviousUntil: until}},
		"beside a weak one":       {common: Common{Secret: "short", SecretPrevious: was, SecretPreviousUntil: until, AllowWeakSecret: true}, algorithm: "HS256"},
		"a blank at the end":      {common: Common{Secret: is, SecretPrevious: is + " ", SecretPreviousUntil: until}, algorithm: "HS256"},
		"a line end after a pair": {common: Common{Secret: pair, SecretPrevious: pair + "\n", SecretPreviousUntil: until}, invalid: "secret_previous", unusable: true},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.common.Validate(Surroundings{})
			bad, _ := errors.AsType[*api.SettingError](err)
			if (err == nil) != (c.invalid == "") || bad != nil && bad.Setting != c.invalid {
				t.Errorf("Validate says %v, want a complaint of %q", err, c.invalid)
			}
			if _, opened := c.common.At(Mount{Name: "shop", Issuer: "https://shop.example"}); (opened == nil) != (err == nil) {
				t.Errorf("At says %v, Validate %v", opened, err)
			}
			if _, err := c.common.PreviousKey("shop"); (err != nil) != c.unusable || err != nil && !strings.HasPrefix(err.Error(), "mount shop: ") {
				t.Errorf("PreviousKey says %v, want an error: %v", err, c.unusable)
			}
			list, _ := c.common.Keys("shop")
			if c.algorithm == "" {
				if len(list) > 1 {
					t.Errorf("a second key: %v", list)
				}
				return
			}
			if len(list) != 2 || list[1].CanSign() || list[1].ID != "" || list[1].Algorithm != c.algorithm || !list[1].Until.Equal(until.Time) || !list[0].Until.IsZero() {
				t.Errorf("got %v, want a second key for %s that ends", list, c.algorithm)
			}
		})
	}
}
