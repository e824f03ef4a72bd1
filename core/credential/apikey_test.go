package credential

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func newKey(t testing.TB) (text, id string, digest [32]byte) {
	t.Helper()
	secret, id, digest, err := NewAPIKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return secret.Reveal(), id, digest
}

func TestNewAPIKey_roundTrip(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		text, id, digest := newKey(t)
		gotID, gotDigest, ok := ParseAPIKey(text)
		if !ok || gotID != id || gotDigest != digest {
			t.Fatalf("ParseAPIKey(%q) = %q, %x, %v; want %q, %x", text, gotID, gotDigest, ok, id, digest)
		}
		if seen[id] {
			t.Fatalf("id %q was given twice", id)
		}
		seen[id] = true
	}
}

func TestNewAPIKey_form(t *testing.T) {
	for name, random := range map[string][]byte{"lowest": make([]byte, 40), "highest": bytes.Repeat([]byte{0xff}, 40)} {
		secret, id, digest, err := NewAPIKey(bytes.NewReader(random))
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(secret.Reveal(), "_")
		if len(parts) != 4 || parts[0] != "cdk" || parts[1] != id || len(id) != 10 || len(parts[2]) != 43 || len(parts[3]) != 6 {
			t.Errorf("%s: key %q has the wrong form", name, secret.Reveal())
		}
		if digest != sha256.Sum256([]byte(parts[2])) {
			t.Errorf("%s: the digest is not that of the secret part", name)
		}
	}
}

func TestNewAPIKey_randomnessFails(t *testing.T) {
	broken := errors.New("broken")
	if _, _, _, err := NewAPIKey(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("NewAPIKey says %v, want %v", err, broken)
	}
	if _, _, _, err := NewAPIKey(strings.NewReader("short")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("NewAPIKey on a short read says %v, want unexpected EOF", err)
	}
}

// TestParseAPIKey_everyTypo changes each character; the checksum detects every change.
func TestParseAPIKey_everyTypo(t *testing.T) {
	text, _, _ := newKey(t)
	for i := range text {
		for _, c := range []byte("aZ0_-") {
			if text[i] == c {
				continue
			}
			typo := text[:i] + string(c) + text[i+1:]
			if _, _, ok := ParseAPIKey(typo); ok {
				t.Errorf("ParseAPIKey accepts %q, one character off %q", typo, text)
			}
		}
	}
}

func TestParseAPIKey_refuses(t *testing.T) {
	text, id, _ := newKey(t)
	for _, bad := range []string{"", "cdk_", text[:len(text)-1], text + "0", text + " ", " " + text, "cdk_" + id, "%", strings.ToUpper(text), strings.Repeat("a", 64<<10)} {
		if _, _, ok := ParseAPIKey(bad); ok {
			t.Errorf("ParseAPIKey(%.80q) is ok, want refused", bad)
		}
	}
}

func FuzzParseAPIKey(f *testing.F) {
	key, _, _, _ := NewAPIKey(bytes.NewReader(make([]byte, 40)))
	f.Add(key.Reveal())
	f.Add("cdk__" + strings.Repeat("0", 60))
	f.Fuzz(func(t *testing.T, text string) {
		id, digest, ok := ParseAPIKey(text)
		if !ok {
			if id != "" || digest != [32]byte{} {
				t.Fatalf("ParseAPIKey(%q) fails but returns %q %x", text, id, digest)
			}
			return
		}
		secret := text[15:58]
		again := "cdk_" + id + "_" + secret
		if again+"_"+checksum(again) != text || digest != sha256.Sum256([]byte(secret)) {
			t.Fatalf("ParseAPIKey(%q) = %q, %x: the parts do not make the key", text, id, digest)
		}
	})
}

func ExampleNewAPIKey() {
	key, id, digest, err := NewAPIKey(bytes.NewReader(bytes.Repeat([]byte{7}, 40))) // use crypto/rand.Reader
	if err != nil {
		fmt.Println(err)
		return
	}
	gotID, gotDigest, ok := ParseAPIKey(key.Reveal())
	fmt.Println(key, ok, gotID == id, gotDigest == digest)
	// Output: [redacted] true true true
}

func TestRenewAPIKey(t *testing.T) {
	first, id, old, err := NewAPIKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text, digest, err := RenewAPIKey(rand.Reader, id)
	if err != nil {
		t.Fatal(err)
	}
	gotID, gotDigest, ok := ParseAPIKey(text.Reveal())
	if !ok || gotID != id || gotDigest != digest || digest == old || text == first {
		t.Errorf("got id %q, want %q with another secret that parses (%v)", gotID, id, ok)
	}
	if _, _, err := RenewAPIKey(strings.NewReader("short"), id); err == nil {
		t.Error("created a key without randomness")
	}
}
