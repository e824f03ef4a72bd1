package keys_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

// TestParseSet_wycheproof: in this file of Project Wycheproof the key sets are valid or
// invalid. The one invalid signature is an HMAC; the others verify, which core/token's
// tests check.
func TestParseSet_wycheproof(t *testing.T) {
	var doc struct {
		NumberOfTests int
		TestGroups    []struct {
			Comment         string
			Private, Public json.RawMessage
			Tests           []struct {
				TcID    int
				Comment string
				Jws     string
				Result  string
			}
		}
	}
	data, err := os.ReadFile("testdata/wycheproof/json_web_key_test.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	right := 0
	for _, g := range doc.TestGroups {
		set := g.Public
		if set == nil {
			set = g.Private
		}
		for _, c := range g.Tests {
			list, err := keys.ParseSet(set)
			usable := false
			for _, key := range list {
				usable = usable || usableFor(key, c.Jws)
			}
			if usable != (c.Result == "valid") {
				t.Errorf("#%d %s, %s: usable %v, want %s (%v)", c.TcID, g.Comment, c.Comment, usable, c.Result, err)
				continue
			}
			right++
		}
	}
	if right != 26 || doc.NumberOfTests != 26 {
		t.Errorf("%d of %d as labelled, want 26 of 26", right, doc.NumberOfTests)
	}
}

// usableFor reports whether the key is the one that jws names and, for HS256, whether it
// made its signature.
func usableFor(key api.Key, jws string) bool {
	signed, signature := jws[:strings.LastIndex(jws, ".")], jws[strings.LastIndex(jws, ".")+1:]
	head, _ := base64.RawURLEncoding.DecodeString(strings.Split(jws, ".")[0])
	named := strings.Contains(string(head), `"`+key.ID+`"`) && strings.Contains(string(head), `"`+key.Algorithm+`"`)
	if secret, ok := key.Public.([]byte); ok && key.Algorithm == "HS256" {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(signed))
		return named && signature == base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	return named
}
