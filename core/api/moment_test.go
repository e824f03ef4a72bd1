package api_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

func TestMoment(t *testing.T) {
	for text, want := range map[string]string{
		"2026-12-31":                "2026-12-31T00:00:00Z",
		"2026-12-31T18:00:00Z":      "2026-12-31T18:00:00Z",
		"2026-12-31T18:00:00+01:00": "2026-12-31T17:00:00Z",
		"":                          "",
		"2026-02-30":                "error", "31.12.2026": "error", "tomorrow": "error", "1767225600": "error",
		"2026-12-31 18:00": "error", "2026-12-31T18:00:00": "error", "0001-01-01": "error",
	} {
		var m api.Moment
		err := m.UnmarshalText([]byte(text))
		got, _ := m.MarshalText()
		if err != nil {
			got = []byte("error")
		}
		if string(got) != want {
			t.Errorf("%q: got %s (%v), want %s", text, got, err, want)
		}
	}
}
