package manifest_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// A manifest must be unambiguous: reviewers, signers and operators must read the same in it
// as the host.
func TestParse_oneReading(t *testing.T) {
	const rest = `"version":"1","abi":{"major":1,"minor":0},"hooks":["token-claims"]`
	for text, want := range map[string]string{
		`{"name":"m",` + rest + `}`: "",
		`{"name":"m",` + rest + `,"config":{"type":"object","Type":"object"}}`:        "",
		`{"name":"m",` + rest + `,"grants":{},"grants":{"write":["*"]}}`:              "twice",
		`{"name":"m",` + rest + `,"grants":{"write":[],"write":["*"]}}`:               "twice",
		`{"name":"m",` + rest + `,"grants":{"http":[{"url":"https://a/","url":""}]}}`: "twice",
		`{"name":"m",` + rest + `,"config":{"type":"object","type":"array"}}`:         "twice",
		`{"name":"m",` + rest + `,"Grants":{"write":["*"]}}`:                          `unknown field "Grants"`,
		`{"name":"m",` + rest + `,"grants":{"Write":["*"]}}`:                          `unknown field "Write"`,
		`{"name":"m","NAME":"n",` + rest + `}`:                                        "unknown field",
		`{"name":"m",` + rest + `} {}`:                                                "more than one",
		`{"name":"m",` + rest + `,"source":"` + "\xff" + `"}`:                         "UTF-8",
		`{"name":"m",` + rest + `,"source":"\ud800"}`:                                 "surrogate",
		`{"name":"m",` + rest + `,"grants":{"read":["usr.login"]}}`:                   `is "user.login" meant`,
		`{"name":"m",` + rest + `,"grants":{"write":["user.login"]}}`:                 "put it under read",
		`{"name":"m",` + rest + `,"grants":{"allow":["Exp.extend"]}}`:                 "allow",
		strings.Replace(`{"name":"m",`+rest+`}`, "token-claims", "token-claim", 1):    "no hook point",
	} {
		_, err := manifest.Parse([]byte(text))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

// A module with two manifest sections is refused, even if signed.
func TestSign_oneSection(t *testing.T) {
	key, err := keys.Generate("EdDSA", nil)
	if err != nil {
		t.Fatal(err)
	}
	section := func(text string) string {
		const name = "hook.manifest"
		body := string(append(binary.AppendUvarint(nil, uint64(len(name))), name...)) + text
		return "\x00" + string(binary.AppendUvarint(nil, uint64(len(body)))) + body
	}
	one := "\x00asm\x01\x00\x00\x00" + section(`{"name":"a"}`)
	signature, err := manifest.Sign([]byte(one), nil, key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := manifest.Verify([]byte(one), nil, signature, []api.Key{key}); err != nil {
		t.Errorf("one section: %v", err)
	}
	for _, second := range []string{`{"name":"b"}`, `{"name":"a"}`} {
		two := []byte(one + section(second))
		if _, err := manifest.Sign(two, nil, key); err == nil || !strings.Contains(err.Error(), "more than one section") {
			t.Errorf("signing two sections: got %v, want an error with %q", err, "more than one section")
		}
		if _, err := manifest.Verify(two, nil, signature, []api.Key{key}); err == nil {
			t.Error("two sections pass under a signature")
		}
	}
}

// TestParse_oneValue: anything after the manifest is an error.
func TestParse_oneValue(t *testing.T) {
	const text = `{"name":"m","version":"1","abi":{"major":1,"minor":0},"hooks":[]}`
	for after, good := range map[string]bool{"": true, " \n": true, "}": false, "]": false, "{}": false, "x": false} {
		if _, err := manifest.Parse([]byte(text + after)); (err == nil) != good {
			t.Errorf("followed by %q: got %v, want an error: %v", after, err, !good)
		}
	}
}
