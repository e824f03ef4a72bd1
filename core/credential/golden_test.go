package credential

import (
	"bytes"
	"encoding/hex"
	"testing"
)

// TestNewAPIKey_golden: issued keys stay valid. The expected values were computed by
// another program; changing the format would invalidate every stored key.
func TestNewAPIKey_golden(t *testing.T) {
	up, down := make([]byte, 40), make([]byte, 40)
	for i := range up {
		up[i], down[i] = byte(i), byte(255-i)
	}
	for _, tc := range []struct {
		random           []byte
		text, id, digest string
	}{
		{up, "cdk_l1UyNnS4W7_003AuLtjc7TJLctqJ2Unu3mfAGcxg9lrkrCWgKbidLF_280U3S", "l1UyNnS4W7", "2dc5a3828f6f2710f475f572ed80df772ba3a818dc1eec59edbe0fcb64cf4650"},
		{down, "cdk_DembdIiD28_YHGigb9QUgFhp8y83eCc2IM5KzUKtEyKPB69AEKQk3m_32R5wy", "DembdIiD28", "09cc29b0595cf236f0f4cefa7d8747cc20613ff8ef0c9c38c7bf20ee74d0d231"},
	} {
		text, id, digest, err := NewAPIKey(bytes.NewReader(tc.random))
		if err != nil || text.Reveal() != tc.text || id != tc.id || hex.EncodeToString(digest[:]) != tc.digest {
			t.Errorf("made %s, %s, %x, %v\nwant %s, %s, %s", text.Reveal(), id, digest, err, tc.text, tc.id, tc.digest)
		}
		id, digest, ok := ParseAPIKey(tc.text)
		if !ok || id != tc.id || hex.EncodeToString(digest[:]) != tc.digest {
			t.Errorf("read %s, %x, %v", id, digest, ok)
		}
		text, digest, err = RenewAPIKey(bytes.NewReader(tc.random), tc.id)
		if err != nil || text.Reveal() != tc.text || hex.EncodeToString(digest[:]) != tc.digest {
			t.Errorf("renewed %s, %x, %v", text.Reveal(), digest, err)
		}
	}
}

// TestParseAPIKey_neighbours: no text that differs by one character is valid.
func TestParseAPIKey_neighbours(t *testing.T) {
	const good = "cdk_l1UyNnS4W7_003AuLtjc7TJLctqJ2Unu3mfAGcxg9lrkrCWgKbidLF_280U3S"
	for i := range len(good) {
		for _, c := range []byte{'0', 'Z', 'a', '_', '-', '/', ':', '@', '[', '`', '{', ' ', 0, 0xFF} {
			other := []byte(good)
			if other[i] == c {
				continue
			}
			other[i] = c
			if _, _, ok := ParseAPIKey(string(other)); ok {
				t.Errorf("%q is a key", other)
			}
		}
		if _, _, ok := ParseAPIKey(good[:i] + good[i+1:]); ok {
			t.Errorf("without character %d it is a key", i)
		}
		if HasAPIKeyForm(good[:i]) || HasAPIKeyForm(good+good[i:]) {
			t.Errorf("of another length it has the form (%d)", i)
		}
	}
	if !HasAPIKeyForm(good[:len(good)-1] + "T") {
		t.Error("a key with a slip in its checksum has not the form of one")
	}
	if HasAPIKeyForm("cdr"+good[3:]) || HasAPIKeyForm("xdk"+good[3:]) {
		t.Error("another prefix has the form")
	}
}
