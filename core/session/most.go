package session

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Counter is an optional interface of a [Repository]: CountLive counts the live sessions of
// a subject, up to most, without reading them.
type Counter interface {
	CountLive(ctx context.Context, subject string, now time.Time, most int) (int, error)
}

// Oldest returns the sessions of the subject that must end so that no more than most live
// ones remain, oldest first. It is cheap if there are few, and returns at most a thousand.
func (f *Sessions) Oldest(ctx context.Context, subject string, most int) ([]api.Session, error) {
	const atOnce = 1000
	now := f.now()
	n, err := f.count(ctx, subject, now, most+atOnce)
	if err != nil {
		return nil, unavailable(err)
	}
	if n <= most {
		return nil, nil
	}
	list, err := f.repo.LiveSessions(ctx, subject, now, n-most)
	if err != nil {
		return nil, unavailable(err)
	}
	return list, nil
}

func (f *Sessions) count(ctx context.Context, subject string, now time.Time, most int) (int, error) {
	if c, ok := f.repo.(Counter); ok {
		return c.CountLive(ctx, subject, now, most)
	}
	list, err := f.repo.LiveSessions(ctx, subject, now, most)
	return len(list), err
}
