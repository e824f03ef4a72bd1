package session

import (
	"bytes"
	"encoding/hex"
	"testing"
)

// TestNewRefresh_golden: issued tokens stay valid. The expected values were computed by
// another program.
func TestNewRefresh_golden(t *testing.T) {
	up, down := make([]byte, 48), make([]byte, 48)
	for i := range up {
		up[i], down[i] = byte(i), byte(255-i)
	}
	for _, tc := range []struct {
		random             []byte
		text, family, hash string
	}{
		{up, "cdr_000syw7rIjXKeGogUSqgWP_3Odh4MevfVP7U7ed6uZPf5EhpRbi5ahUMy7ubPoqijZ_1jfMEG", "000syw7rIjXKeGogUSqgWP", "131f15d9cb0ca62ea47bd58807c8fc36598cb9e885e831ecc0870a448afbfdaa"},
		{down, "cdr_7N3zEKeDLlNZV6KvYePqFi_UTwBGaoEQsJTgdNlFMwKhGu3VoVZEDChnuBBFzxIfv2_3jhkXz", "7N3zEKeDLlNZV6KvYePqFi", "98ed4071d4a29750bd7f7467989b5775198af2528592e74ad137abfe1d06da84"},
	} {
		r, err := NewRefresh(bytes.NewReader(tc.random), "")
		if err != nil || r.Text().Reveal() != tc.text || r.Session != tc.family || hex.EncodeToString(r.Hash[:]) != tc.hash {
			t.Errorf("made %s, %s, %x, %v\nwant %s, %s, %s", r.Text().Reveal(), r.Session, r.Hash, err, tc.text, tc.family, tc.hash)
		}
		if r, ok := ParseRefresh(tc.text); !ok || r.Session != tc.family || hex.EncodeToString(r.Hash[:]) != tc.hash || r.Text().Reveal() != tc.text {
			t.Errorf("read %s, %x, %v", r.Session, r.Hash, ok)
		}
	}
}

// TestParseRefresh_neighbours: no text that differs by one character is valid.
func TestParseRefresh_neighbours(t *testing.T) {
	const good = "cdr_000syw7rIjXKeGogUSqgWP_3Odh4MevfVP7U7ed6uZPf5EhpRbi5ahUMy7ubPoqijZ_1jfMEG"
	for i := range len(good) {
		for _, c := range []byte{'0', 'Z', 'a', '_', '-', '/', ':', '@', '[', '`', '{', ' ', 0, 0xFF} {
			other := []byte(good)
			if other[i] == c {
				continue
			}
			other[i] = c
			if _, ok := ParseRefresh(string(other)); ok {
				t.Errorf("%q is accepted as a token", other)
			}
		}
		if _, ok := ParseRefresh(good[:i] + good[i+1:]); ok {
			t.Errorf("without character %d it is a token", i)
		}
		if HasRefreshForm(good[:i]) || HasRefreshForm(good+good[i:]) {
			t.Errorf("of another length it has the form (%d)", i)
		}
	}
	if HasRefreshForm("cdk"+good[3:]) || !HasRefreshForm(good[:len(good)-1]+"H") {
		t.Error("the form is taken from prefix and length alone, or from the checksum")
	}
}
