package credential_test

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
)

// TestExtract_schemes: a scheme added by a method is returned unchanged; without the method
// it is unknown.
func TestExtract_schemes(t *testing.T) {
	for name, c := range map[string]struct {
		value  string
		spec   credential.Spec
		text   string // "": refused
		reason string
	}{
		"plain":              {"HMAC a:b", credential.Spec{}, "a:b", ""},
		"parameters":         {`hmac id="a", mac="b=="`, credential.Spec{}, `id="a", mac="b=="`, ""},
		"nothing behind":     {"HMAC ", credential.Spec{}, "", api.ReasonBadCredential},
		"blank at the end":   {"HMAC a ", credential.Spec{}, "", api.ReasonBadCredential},
		"control character":  {"HMAC a\tb", credential.Spec{}, "", api.ReasonBadCredential},
		"not ASCII":          {"HMAC ä", credential.Spec{}, "", api.ReasonBadCredential},
		"longest":            {"HMAC " + strings.Repeat("x", credential.MaxToken), credential.Spec{}, strings.Repeat("x", credential.MaxToken), ""},
		"too long":           {"HMAC " + strings.Repeat("x", credential.MaxToken+1), credential.Spec{}, "", api.ReasonBadCredential},
		"of nobody":          {"Digest a", credential.Spec{}, "", api.ReasonBadCredential},
		"another header":     {"HMAC a", credential.Spec{Header: "X-Token", RefuseStandard: true}, "", api.ReasonBadCredential},
		"beside that header": {"HMAC a", credential.Spec{Header: "X-Token"}, "a", ""},
	} {
		got, err := credential.Extract(api.Header{"Authorization": {c.value}}, c.spec, "hmac")
		if got.Text != c.text || api.ReasonOf(err) != c.reason || err == nil && (got.Kind != "hmac" || got.Header != "Authorization") {
			t.Errorf("%s: got %q of kind %s, %v", name, got.Text, got.Kind, err)
		}
	}
	if _, err := credential.Extract(api.Header{"Authorization": {"HMAC a"}}, credential.Spec{}); api.ReasonOf(err) != api.ReasonBadCredential {
		t.Errorf("without a method for it: got %v, want reason %q", err, api.ReasonBadCredential)
	}
}

func TestExtract_schemeAndAnother(t *testing.T) {
	for name, h := range map[string]api.Header{
		"a key":             {"Authorization": {"HMAC a"}, "X-Api-Key": {"cdk_x"}},
		"twice":             {"Authorization": {"HMAC a", "HMAC a"}},
		"a token":           {"Authorization": {"HMAC a", "Bearer a.b.c"}},
		"the rule's header": {"Authorization": {"HMAC a"}, "X-Token": {"a.b.c"}},
	} {
		_, err := credential.Extract(h, credential.Spec{Header: "X-Token"}, "hmac")
		if api.ReasonOf(err) != api.ReasonManyCredentials {
			t.Errorf("beside %s: got %v, want reason %q", name, err, api.ReasonManyCredentials)
		}
	}
}

func TestScheme_brought(t *testing.T) {
	for value, want := range map[string]api.Kind{"HMAC a": "hmac", "hmac": "hmac", "HMACa": api.NoCredential, "Basic x": api.Basic} {
		if got := credential.Scheme(value, "hmac"); got != want {
			t.Errorf("%q: got %s, want %s", value, got, want)
		}
	}
}
