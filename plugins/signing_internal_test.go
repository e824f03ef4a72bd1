package plugins

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestCheckNewer: a signed plugin cannot be downgraded unless it is pinned.
func TestCheckNewer(t *testing.T) {
	made := func(name, number, signer, pin string, log *bytes.Buffer) *version {
		return &version{manifest: manifest.Manifest{Name: name, Version: number}, source: source{signer: signer, spec: Spec{SHA256: pin}}, log: slog.New(slog.NewTextHandler(log, nil))}
	}
	for _, tc := range []struct {
		name, number, signer, pin string
		refused, warned           bool
	}{
		{"a", "1", "k", "", true, false}, {"a", "2", "k", "", false, false}, {"a", "3", "k", "", false, false}, {"b", "1", "k", "", false, false},
		{"a", "1", "", "", false, true}, {"a", "1", "k", "pin", false, true}, {"a", "1", "", "pin", false, true}, {"a", "2", "", "", false, false},
	} {
		var log bytes.Buffer
		err := made(tc.name, tc.number, tc.signer, tc.pin, &log).checkNewer(made("a", "2", "", "", &log))
		if (err != nil) != tc.refused || strings.Contains(log.String(), "plugin downgraded") != tc.warned {
			t.Errorf("%+v: got %v, log %q", tc, err, log.String())
		}
	}
}

// TestCheckIdentity tests which name a manifest must have.
func TestCheckIdentity(t *testing.T) {
	for _, tc := range []struct{ name, manifestName, signer, is, want string }{
		{"a", "", "", "b", ""}, {"a", "", "", "", ""}, {"a", "", "k", "a", ""}, {"", "", "k", "b", ""}, {"a", "b", "k", "b", ""}, {"a", "b", "", "b", ""},
		{"a", "", "k", "b", `is "b", must be "a"`}, {"a", "", "k", "", `no manifest with the name "a"`}, {"a", "b", "", "a", `must be "b"`}, {"a", "b", "", "", `the name "b"`},
	} {
		s := &source{signer: tc.signer, spec: Spec{Name: tc.name, ManifestName: tc.manifestName}}
		if err := s.checkIdentity(manifest.Manifest{Name: tc.is}); (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%+v: checkIdentity: got %v, want an error with %q (none if empty)", tc, err, tc.want)
		}
	}
}

// TestVerify_matrix combines signature, whether one is required, and trusted keys.
func TestVerify_matrix(t *testing.T) {
	key, err := keys.Generate("EdDSA", nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := keys.Generate("EdDSA", nil)
	if err != nil {
		t.Fatal(err)
	}
	module := []byte("\x00asm\x01\x00\x00\x00")
	good, err := manifest.Sign(module, []byte(`{"name":"a"}`), key)
	if err != nil {
		t.Fatal(err)
	}
	payload := func(v any) []byte {
		text, _ := json.Marshal(v)
		out, err := keys.SignJWS(text, "cardea-plugin", key)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	bare, err := manifest.Sign(module, nil, key)
	if err != nil {
		t.Fatal(err)
	}
	mine := []api.Key{key}
	for name, tc := range map[string]struct {
		signature []byte
		asked     bool
		pinned    bool
		manifest  string
		trusted   []api.Key
		want      string // error
		counts    bool   // the module is trusted
	}{
		"none":                       {nil, false, false, `{"name":"a"}`, mine, "", false},
		"none, pinned":               {nil, false, true, `{"name":"a"}`, mine, "", true},
		"none, asked for":            {nil, true, true, `{"name":"a"}`, mine, "it is not signed", true},
		"good":                       {good, false, false, `{"name":"a"}`, mine, "", true},
		"good, asked for":            {good, true, false, `{ "name" : "a" }`, mine, "", true},
		"good, nobody trusted":       {good, false, false, `{"name":"a"}`, nil, "", false},
		"good, asked for, no keys":   {good, true, false, `{"name":"a"}`, nil, "no trusted key", false},
		"of another":                 {good, false, false, `{"name":"a"}`, []api.Key{other}, "no trusted key", false},
		"bad, and pinned":            {[]byte("x"), false, true, `{"name":"a"}`, mine, "three parts", true},
		"another manifest":           {good, false, false, `{"name":"b"}`, mine, "another manifest", false},
		"no manifest":                {good, false, false, "", mine, "another manifest", false},
		"a manifest too many":        {bare, false, false, `{"name":"a"}`, mine, "another manifest", false},
		"bare":                       {bare, false, false, "", mine, "", true},
		"manifest is not JSON":       {good, false, false, "{", mine, "another manifest", false},
		"of another module":          {payload(map[string]string{"sha256": "00"}), false, false, "", mine, "sign this module", false},
		"of something else":          {payload(map[string]string{"other": "x"}), false, false, "", mine, "the payload is not a plugin", false},
		"of a text":                  {payload("x"), false, false, "", mine, "the payload is not a plugin", false},
		"good beside unknown signer": {good, false, false, `{"name":"a"}`, []api.Key{other, key}, "", true},
	} {
		s := &source{module: module, spec: Spec{Signature: tc.signature, Signed: tc.asked}, trusted: tc.pinned}
		if tc.manifest != "" {
			s.manifest = []byte(tc.manifest)
		}
		err := s.verify(tc.trusted)
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) || s.trusted != tc.counts {
			t.Errorf("%s: got %v, trusted %v, want %q, %v", name, err, s.trusted, tc.want, tc.counts)
		}
		if signed := err == nil && tc.signature != nil && len(tc.trusted) > 0; (s.signer == key.ID) != signed {
			t.Errorf("%s: signer %q", name, s.signer)
		}
	}
	if _, err := manifest.Sign(module, []byte("{"), key); err == nil || !strings.Contains(err.Error(), "manifest: ") {
		t.Errorf("a manifest that is not JSON is signed: %v", err)
	}
}
