package assertion

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// Constants returns the lines for wp-config.php by which cardea.php knows the
// gate. Only public parts of the keys are in it; a key of another kind than
// Ed25519 is an error.
func Constants(issuer, audience string, trusted []api.Key) (string, error) {
	var list []string
	for _, key := range trusted {
		public, ok := key.Public.(ed25519.PublicKey)
		if !ok {
			return "", fmt.Errorf("%s is not an Ed25519 key", key)
		}
		list = append(list, phpText(key.ID)+" => "+phpText(base64.RawURLEncoding.EncodeToString(public)))
	}
	if len(list) == 0 {
		return "", fmt.Errorf("no key to trust: start the server once, or run the command again")
	}
	return fmt.Sprintf(`define('CARDEA_ISSUER', %s);
define('CARDEA_AUDIENCE', %s);
define('CARDEA_KEYS', [%s]);
define('CARDEA_REQUIRE', true);
`, phpText(issuer), phpText(audience), strings.Join(list, ", ")), nil
}

// phpText writes a PHP text in single quotes, in which only these two mean
// something.
func phpText(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
