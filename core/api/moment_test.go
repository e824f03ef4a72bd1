package api_test

import (
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// TestMoment: a time has its zone, and is written in UTC.
func TestMoment(t *testing.T) {
	for text, want := range map[string]string{
		"2027-01-31T18:00:00Z": "2027-01-31T18:00:00Z", "2027-01-31T18:00:00.5Z": "2027-01-31T18:00:00Z",
		"2027-01-31T18:00:00+01:00": "2027-01-31T17:00:00Z", "": "",
		"2027-01-31": "error", "2027-02-30T18:00:00Z": "error", "2027-01-31T18:00:00": "error", "2027-01-31 18:00:00Z": "error",
		"tomorrow": "error", "1767225600": "error", "0001-01-01T00:00:00Z": "error",
	} {
		m := api.Moment{Time: time.Unix(1, 0)}
		err := m.UnmarshalText([]byte(text))
		got, _ := m.MarshalText()
		if err != nil {
			got = []byte("error")
		}
		if string(got) != want || err != nil && !m.IsZero() {
			t.Errorf("%q: got %s (%v), want %s", text, got, err, want)
		}
	}
}
