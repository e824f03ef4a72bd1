package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/sqlite"
)

// TestWrite_turn: whoever waits for another write waits for a bounded time, and no longer
// than the caller wants.
func TestWrite_turn(t *testing.T) {
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "cardea.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.CreateUser(t.Context(), api.User{Subject: "u", Login: "u"}); err != nil {
		t.Fatal(err)
	}
	writing, done, over := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		_, err := s.UpdateUser(context.Background(), "u", func(*api.User) ([]api.Revocation, error) {
			close(writing)
			<-done
			return nil, nil
		})
		over <- err
	}()
	<-writing
	for name, c := range map[string]struct {
		patience    time.Duration // of the caller; 0: endless
		least, most time.Duration
		cause       error
		text        string
	}{
		"a caller in a hurry":       {50 * time.Millisecond, 0, 5 * time.Second, context.DeadlineExceeded, "begin to write"},
		"a caller without deadline": {0, 9 * time.Second, 15 * time.Second, context.DeadlineExceeded, "waited 10s for other writes to finish"},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		if c.patience > 0 {
			ctx, cancel = context.WithTimeout(context.Background(), c.patience)
		}
		begun := time.Now()
		err := s.CheckWrite(ctx)
		took := time.Since(begun)
		cancel()
		if !errors.Is(err, c.cause) || !strings.Contains(err.Error(), c.text) || took < c.least || took > c.most {
			t.Errorf("%s: got %v after %s", name, err, took)
		}
	}
	close(done)
	if err := <-over; err != nil {
		t.Error(err)
	}
	if err := s.CheckWrite(t.Context()); err != nil {
		t.Errorf("when the writer is done: %v", err)
	}
}
