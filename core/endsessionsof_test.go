package core_test

import (
	"context"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
)

// sessionReads counts calls that read all sessions, including ended ones.
type sessionReads struct {
	store.Store
	n int
}

func (l *sessionReads) Sessions(ctx context.Context, subject, after string, limit int) ([]api.Session, error) {
	l.n++
	return l.Store.Sessions(ctx, subject, after, limit)
}

// TestEndSessionsOf ends the sessions of one token format without listing ended ones.
func TestEndSessionsOf(t *testing.T) {
	ctx, s := context.Background(), &sessionReads{Store: memory.New()}
	pairs := core.NativeTokenFormat("pairs")
	pairs.Name = "pairs"
	h := newTestEngine(t, func(c *core.Config) { c.Store, c.Policy.TokenFormats = s, []core.TokenFormat{pairs} })
	var ended, kept []core.TokenPair
	for range 3 {
		for format, list := range map[string]*[]core.TokenPair{"pairs": &ended, "native": &kept} {
			g, err := h.Tokens().StartSession(ctx, core.BeginRequest{Identity: h.bob.Identity("store"), TokenFormat: format})
			h.must(err)
			*list = append(*list, g)
		}
	}
	h.must(h.Tokens().EndSessionsOf(ctx, h.bob.Subject, "pairs", "logout", "bob"))
	for i := range 3 {
		gone, err := h.Admin().Session(ctx, ended[i].Session)
		h.must(err)
		lives, err := h.Admin().Session(ctx, kept[i].Session)
		h.must(err)
		if gone.Ended.IsZero() || gone.EndedFor != "logout" || !lives.Ended.IsZero() {
			t.Errorf("got %+v and %+v", gone, lives)
		}
	}
	if s.n > 0 {
		t.Errorf("all sessions were read %d times", s.n)
	}
	if _, err := h.Admin().Session(ctx, "nobody's"); api.CodeOf(err) != api.NotFound {
		t.Errorf("a session that was not stored: %v", err)
	}
}
