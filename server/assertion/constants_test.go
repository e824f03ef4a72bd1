package assertion_test

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/assertion"
)

func TestConstants(t *testing.T) {
	key := ring(t).Active()
	key.ID = `it's\`
	got, err := assertion.Constants("https://gate.example", "https://site.example", []api.Key{key})
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := keys.ExportJWK(key, false)
	if err != nil {
		t.Fatal(err)
	}
	_, x, _ := strings.Cut(string(jwk), `"x":"`)
	x, _, _ = strings.Cut(x, `"`)
	want := "define('CARDEA_ISSUER', 'https://gate.example');\ndefine('CARDEA_AUDIENCE', 'https://site.example');\n" +
		`define('CARDEA_KEYS', ['it\'s\\' => '` + x + "']);\ndefine('CARDEA_REQUIRE', true);\n"
	if got != want || len(x) != 43 {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if _, err := assertion.Constants("i", "a", nil); err == nil {
		t.Error("no key: got no error, want one")
	}
	if _, err := assertion.Constants("i", "a", []api.Key{{ID: "k", Algorithm: "HS256"}}); err == nil {
		t.Error("a shared secret: got no error, want one")
	}
}
