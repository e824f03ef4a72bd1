package session_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/cardea-auth/cardea/core/session"
)

func newRefresh(t testing.TB, family string) session.Refresh {
	t.Helper()
	r, err := session.NewRefresh(rand.Reader, family)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestNewRefresh(t *testing.T) {
	first := newRefresh(t, "")
	next := newRefresh(t, first.Session)
	if next.Session != first.Session || next.Hash == first.Hash {
		t.Errorf("got families %s and %s, want one family and two secrets", first.Session, next.Session)
	}
	for _, r := range []session.Refresh{first, next} {
		got, ok := session.ParseRefresh(r.Text().Reveal())
		if !ok || got != r {
			t.Errorf("a new token does not parse: %v, %v", got, ok)
		}
	}
	if text := fmt.Sprintf("%v %+v %#v", first, first, first); strings.Contains(text, first.Text().Reveal()[27:70]) {
		t.Error("a token prints its secret")
	}
}

func TestNewRefresh_form(t *testing.T) {
	r, err := session.NewRefresh(bytes.NewReader(make([]byte, 48)), "")
	want := "cdr_" + strings.Repeat("0", 22) + "_" + strings.Repeat("0", 43)
	if text := r.Text().Reveal(); err != nil || !strings.HasPrefix(text, want+"_") || len(text) != 77 {
		t.Errorf("got %q, %v; want text with %q and 77 entries", text, err, want+"_")
	}
	if r.Hash != sha256.Sum256([]byte(strings.Repeat("0", 43))) {
		t.Error("the hash is not the SHA-256 of the secret part")
	}
	highest := bytes.Repeat([]byte{0xff}, 48)
	if r, err = session.NewRefresh(bytes.NewReader(highest), ""); err != nil || !session.HasRefreshForm(r.Text().Reveal()) {
		t.Errorf("got %q, %v for the highest numbers", r.Text().Reveal(), err)
	}
}

func TestNewRefresh_noRandomness(t *testing.T) {
	broken := errors.New("broken")
	for _, family := range []string{"", "f"} {
		if _, err := session.NewRefresh(iotest.ErrReader(broken), family); !errors.Is(err, broken) {
			t.Errorf("NewRefresh: got %v, want error %q", err, broken)
		}
	}
}

func TestParseRefresh_refuses(t *testing.T) {
	good := newRefresh(t, "").Text().Reveal()
	other := newRefresh(t, "").Text().Reveal()
	for name, text := range map[string]string{
		"nothing":           "",
		"another prefix":    "cdk_" + good[4:],
		"upper-case prefix": "CDR_" + good[4:],
		"too short":         good[:len(good)-1],
		"too long":          good + "0",
		"space before":      " " + good[:len(good)-1],
		"newline after":     good + "\n",
		"no separator":      good[:26] + "0" + good[27:],
		"not base62":        good[:30] + "-" + good[31:],
		"not ASCII":         good[:30] + "é" + good[32:],
		"family of another": other[:26] + good[26:],
		"sum of another":    good[:71] + other[71:],
	} {
		if _, ok := session.ParseRefresh(text); ok {
			t.Errorf("%s: %q was accepted", name, text)
		}
	}
}

// TestParseRefresh_typingErrors changes each character of a token.
func TestParseRefresh_typingErrors(t *testing.T) {
	good := newRefresh(t, "").Text().Reveal()
	for i := range good {
		wrong := []byte(good)
		wrong[i] = 'a'
		if good[i] == 'a' {
			wrong[i] = 'b'
		}
		if _, ok := session.ParseRefresh(string(wrong)); ok {
			t.Errorf("an error at %d was not noticed", i)
		}
	}
}

func FuzzParseRefresh(f *testing.F) {
	r, _ := session.NewRefresh(bytes.NewReader(make([]byte, 48)), "")
	f.Add(r.Text().Reveal())
	f.Add("cdr_")
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := session.ParseRefresh(text)
		if ok && got.Text().Reveal() != text {
			t.Errorf("%q means the same as %q", text, got.Text().Reveal())
		}
		if ok && !session.HasRefreshForm(text) {
			t.Errorf("%q is accepted and has not the form", text)
		}
	})
}
