package api_test

import (
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "90": 90 * time.Second, "250ms": 250 * time.Millisecond, "15m": 15 * time.Minute, "1h30m": 90 * time.Minute,
		"7d": 7 * 24 * time.Hour, "1d12h": 36 * time.Hour, "0d": 0, "1.5h": 90 * time.Minute, "9223372036": 9223372036 * time.Second,
	} {
		got, err := api.ParseDuration(text)
		if err != nil || got.Std() != want {
			t.Errorf("ParseDuration(%q) = %v, %v, want %v", text, got, err, want)
		}
		again, err := api.ParseDuration(got.String())
		if err != nil || again != got {
			t.Errorf("%q prints as %q, which reads as %v, %v", text, got, again, err)
		}
	}
}

func TestParseDuration_bad(t *testing.T) {
	for _, text := range []string{"", "-1", "-5m", "d", "1.5", "1.5d", "7 d", "12h1d", "1d-1h", "106752d", "106751d24h", "9223372037", "99999999999999999999", "1w", "+5"} {
		if got, err := api.ParseDuration(text); err == nil {
			t.Errorf("ParseDuration(%q) = %v, want an error", text, got)
		}
	}
}

func TestDuration_String(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", time.Second: "1s", 90 * time.Second: "1m30s", 2 * time.Hour: "2h", 36 * time.Hour: "36h",
		48 * time.Hour: "2d", 90 * time.Minute: "1h30m", 250 * time.Millisecond: "250ms", time.Hour + time.Second: "1h0m1s", 10 * time.Minute: "10m",
	} {
		if got := api.Duration(d).String(); got != want {
			t.Errorf("Duration(%v).String() = %q, want %q", d, got, want)
		}
	}
}
