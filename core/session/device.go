package session

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Finder is an optional interface of a [Repository]: LiveOn returns up to limit live
// sessions of the subject, token format and device, newest first, without reading the subject's
// other sessions.
type Finder interface {
	LiveOn(ctx context.Context, subject, format, device string, now time.Time, limit int) ([]api.Session, error)
}

// LiveOn returns up to limit live sessions of the subject with the token format and device,
// newest first.
func (f *Sessions) LiveOn(ctx context.Context, subject, format, device string, limit int) ([]api.Session, error) {
	device = DeviceName(device)
	if finder, ok := f.repo.(Finder); ok {
		return finder.LiveOn(ctx, subject, format, device, f.now(), limit)
	}
	const most = 1000
	list, err := f.repo.LiveSessions(ctx, subject, f.now(), most)
	return api.LatestOn(list, format, device, limit), err
}
