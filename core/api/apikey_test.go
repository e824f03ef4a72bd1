package api_test

import (
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

func TestAPIKey_Accepts(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	minute, hour := now.Add(time.Minute), now.Add(time.Hour)
	newer, older := [32]byte{1}, [32]byte{2}
	for name, test := range map[string]struct {
		key    api.APIKey
		digest [32]byte
		until  time.Time
		ok     bool
	}{
		"endless":                      {api.APIKey{Digest: newer}, newer, time.Time{}, true},
		"wrong":                        {api.APIKey{Digest: newer}, older, time.Time{}, false},
		"no digest is no older secret": {api.APIKey{Digest: newer}, [32]byte{}, time.Time{}, false},
		"until it expires":             {api.APIKey{Digest: newer, Expires: hour}, newer, hour, true},
		"expired this moment":          {api.APIKey{Digest: newer, Expires: now}, newer, time.Time{}, false},
		"revoked":                      {api.APIKey{Digest: newer, Revoked: now}, newer, time.Time{}, false},
		"older, in the overlap":        {api.APIKey{Digest: newer, OldDigest: older, OldUntil: minute}, older, minute, true},
		"newer, in the overlap":        {api.APIKey{Digest: newer, OldDigest: older, OldUntil: minute}, newer, time.Time{}, true},
		"neither, in the overlap":      {api.APIKey{Digest: newer, OldDigest: older, OldUntil: minute}, [32]byte{3}, time.Time{}, false},
		"older, overlap over":          {api.APIKey{Digest: newer, OldDigest: older, OldUntil: now}, older, time.Time{}, false},
		"older, key expires first":     {api.APIKey{Digest: newer, OldDigest: older, OldUntil: hour, Expires: minute}, older, minute, true},
		"older, key expires later":     {api.APIKey{Digest: newer, OldDigest: older, OldUntil: minute, Expires: hour}, older, minute, true},
		"older, revoked":               {api.APIKey{Digest: newer, OldDigest: older, OldUntil: hour, Revoked: now}, older, time.Time{}, false},
		"older, key expired":           {api.APIKey{Digest: newer, OldDigest: older, OldUntil: hour, Expires: now}, older, time.Time{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			until, ok := test.key.Accepts(test.digest, now)
			if ok != test.ok || !until.Equal(test.until) {
				t.Errorf("got %v, %v, want %v, %v", until, ok, test.until, test.ok)
			}
		})
	}
}

func TestSession_Live(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		s    api.Session
		want bool
	}{
		"live":    {api.Session{IdleEnd: now.Add(time.Microsecond)}, true},
		"run out": {api.Session{IdleEnd: now}, false},
		"ended":   {api.Session{IdleEnd: now.Add(time.Hour), Ended: now}, false},
		"no end":  {api.Session{}, false},
	} {
		if got := test.s.Live(now); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
