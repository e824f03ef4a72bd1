package assertion

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// Constants returns the lines of wp-config.php that configure cardea.php for this
// gateway. They contain only public keys; a key that is not Ed25519 is an error.
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

// phpText returns a PHP string in single quotes, in which only \ and ' are special.
func phpText(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
