package session_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
)

// TestFamilies_Begin_text: texts that clients choose are stored up to a limit.
func TestFamilies_Begin_text(t *testing.T) {
	long := strings.Repeat("x", 60_000)
	for name, tt := range map[string]struct {
		given        session.NewSession
		device       string
		sameAs, than string // clients that may and may not refresh
	}{
		"short":            {session.NewSession{Device: "my phone", Client: "app"}, "my phone", "app", "ap"},
		"nothing":          {session.NewSession{}, "", "", "app"},
		"as long as fits":  {session.NewSession{Device: long[:128], Client: long[:128]}, long[:128], long[:128], long[:129]},
		"long":             {session.NewSession{Device: long, Client: long}, long[:128], long, long[:128]},
		"long, and alike":  {session.NewSession{Device: long, Client: long + "1"}, long[:128], long + "1", long + "2"},
		"half a character": {session.NewSession{Device: long[:127] + "é", Client: long[:63] + "é" + long}, long[:127], long[:63] + "é" + long, long},
		"not UTF-8":        {session.NewSession{Device: "a\xffb"}, "ab", "", "app"},
	} {
		f := newFamilies(session.Config{})
		tt.given.Subject = "u"
		text, s := f.begin(t, tt.given)
		kept := f.repo.sessions[s.ID]
		if kept.Device != tt.device || s.Device != tt.device {
			t.Errorf("%s: device %.200q and %.200q, want %.200q", name, kept.Device, s.Device, tt.device)
		}
		if list, err := f.LiveOn(t.Context(), "u", s.TokenFormat, tt.given.Device, 10); err != nil || len(list) != 1 || list[0].ID != s.ID {
			t.Errorf("%s: on the device as the client names it are %d sessions, %v", name, len(list), err)
		}
		if len(kept.Client) > 128 || !utf8.ValidString(kept.Client) {
			t.Errorf("%s: %d bytes of the client are kept", name, len(kept.Client))
		}
		f.refused(t, text, tt.than, api.ReasonRefreshClient)
		if _, err := f.Peek(t.Context(), text, session.RotateOptions{Client: tt.sameAs}); err != nil {
			t.Errorf("%s: look: %v", name, err)
		}
		if _, err := f.Rotate(t.Context(), text, session.RotateOptions{Client: tt.sameAs}); err != nil {
			t.Errorf("%s: refresh: %v", name, err)
		}
	}
}
