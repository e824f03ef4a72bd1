package session_test

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/logtest"
	"github.com/cardea-auth/cardea/core/session"
)

// slowLog delays each page; after a number of pages it blocks.
type slowLog struct {
	fakeLog
	each  time.Duration
	pages int
	early bool // whether it was read before it was pruned
}

func (l *slowLog) RevocationsSince(ctx context.Context, after int64, overlap time.Time, limit int) ([]api.Revocation, error) {
	each := l.each
	if l.pages--; l.pages < 0 {
		each = 1000 * time.Hour
	}
	l.early = l.early || len(l.pruned) == 0
	select {
	case <-time.After(each):
		return l.fakeLog.RevocationsSince(ctx, after, overlap, limit)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// TestFollow_long: a long log is loaded however long it takes, as long as rows arrive; this
// is logged, and expired rows are deleted first.
func TestFollow_long(t *testing.T) {
	for name, test := range map[string]struct {
		each  time.Duration
		pages int
		cut   time.Duration // when the caller gives up; 0: never
		takes time.Duration
		told  int
		fails error
	}{
		"short":             {time.Millisecond, 99, 0, 6 * time.Millisecond, 0, nil},
		"long":              {20 * time.Second, 99, 0, 2 * time.Minute, 6, nil},
		"stops":             {20 * time.Second, 3, 0, 90 * time.Second, 3, context.DeadlineExceeded},
		"never begins":      {time.Second, 0, 0, 30 * time.Second, 0, context.DeadlineExceeded},
		"the caller leaves": {20 * time.Second, 99, 50 * time.Second, 50 * time.Second, 2, context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log, text, x := &slowLog{each: test.each, pages: test.pages}, &logtest.Buffer{}, session.NewIndex()
				for i := range 10 {
					log.revoke(strconv.Itoa(i))
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if test.cut > 0 {
					ctx, cancel = context.WithTimeout(ctx, test.cut)
					defer cancel()
				}
				start := time.Now()
				tail, err := session.Follow(ctx, log, x, session.TailConfig{
					Page: 2, Every: time.Hour, Logger: slog.New(slog.NewTextHandler(text, nil)),
				})
				if took := time.Since(start); !errors.Is(err, test.fails) || took != test.takes {
					t.Errorf("got %v after %v, want %v after %v", err, took, test.fails, test.takes)
				}
				if got := text.Count("loading the revocation log"); got != test.told || log.early {
					t.Errorf("logged %d times, want %d; read before it was pruned: %v\n%s", got, test.told, log.early, text.String())
				}
				if err == nil {
					tail.Close()
				}
				if err == nil && x.Len() != 10 {
					t.Errorf("%d of 10 rows are known", x.Len())
				}
			})
		})
	}
}
