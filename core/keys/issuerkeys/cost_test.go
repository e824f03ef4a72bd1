package issuerkeys_test

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys/internal/jwktest"
	"github.com/cardea-auth/cardea/core/keys/issuerkeys"
	"github.com/cardea-auth/cardea/core/logtest"
)

// exponent returns a number in the form used by a JWK.
func exponent(e uint64) string {
	var data []byte
	for ; e > 0; e >>= 8 {
		data = append([]byte{byte(e)}, data...)
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// TestRemote_costlyKeys: the cost of verifying with an issuer's key is bounded, and the
// first key refused for it is reported.
func TestRemote_costlyKeys(t *testing.T) {
	for _, tc := range []struct {
		bits int
		e    uint64
		used bool
	}{
		{2048, 3, true}, {2048, 65537, true}, {3072, 65537, true}, {4096, 65537, true}, {4096, 3, true},
		{2048, 65539, false}, {2048, 1<<31 - 1, false}, {2048, 1<<33 + 1, false}, {2048, 2, false}, {2048, 65536, false}, {2048, 1, false},
		{4104, 65537, false}, {8192, 65537, false}, {8192, 1<<31 - 1, false}, {16384, 3, false}, {1024, 65537, false},
	} {
		t.Run(fmt.Sprintf("%d bits, exponent %d", tc.bits, tc.e), func(t *testing.T) {
			is, log := newIssuer(t), &logtest.Buffer{}
			is.serve(func(w http.ResponseWriter, _ *http.Request) {
				w.Write([]byte(jwktest.Set(2, fmt.Sprintf(`"kty":"RSA","alg":"RS256","n":"%s","e":"%s"`, jwktest.Number(tc.bits), exponent(tc.e)))))
			})
			r := is.remote(t, func(c *issuerkeys.Config) { c.Logger = slog.New(slog.NewTextHandler(log, nil)) })
			for range 3 {
				list, _ := r.Verifying(t.Context(), "0", "RS256")
				if (len(list) == 1) != tc.used {
					t.Fatalf("%d keys are found", len(list))
				}
				is.clock.now = is.clock.now.Add(time.Hour)
			}
			costly := !tc.used && tc.bits >= 2048 && tc.bits <= 8192 && tc.e > 65536 && tc.e < 1<<31
			if n := log.Count("costs too much"); (n == 1) != costly || n > 1 {
				t.Errorf("logged %d times:\n%s", n, log)
			}
		})
	}
}

// TestRemote_triedKeys: only a few keys are tried for a token, whether it names one or not.
func TestRemote_triedKeys(t *testing.T) {
	for alg, tries := range map[string]int{"ES256": 4, "ES384": 2, "ES512": 2, "RS256": 4, "EdDSA": 4} {
		list := make([]api.Key, 12)
		for i := range list {
			list[i] = api.Key{ID: fmt.Sprint(i), Algorithm: alg}
		}
		list[0] = mustKey(t, alg)
		for i := range list {
			list[i].Public = list[0].Public
		}
		list[0].ID = "0"
		is := newIssuer(t)
		is.publish(t, list...)
		r := is.remote(t, func(c *issuerkeys.Config) { c.Algorithms = []string{alg} })
		for kid, most := range map[string]int{"": tries, "7": 1, "none": 0} {
			list, err := r.Verifying(t.Context(), kid, alg)
			if err != nil || len(list) != most {
				t.Errorf("%s, kid %q: %d keys, %v", alg, kid, len(list), err)
			}
		}
	}
}
