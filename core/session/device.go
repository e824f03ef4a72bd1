package session

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Finder is what a [Repository] may be able to do besides: to return up to limit sessions
// of the subject, layout and device that live at now, the latest coming first, without
// reading the subject's other ones.
type Finder interface {
	LiveOn(ctx context.Context, subject, layout, device string, now time.Time, limit int) ([]api.Session, error)
}

// LiveOn returns up to limit sessions of the subject that live and belong to the layout
// and device, the latest coming first.
func (f *Families) LiveOn(ctx context.Context, subject, layout, device string, limit int) ([]api.Session, error) {
	device = DeviceName(device)
	if finder, ok := f.repo.(Finder); ok {
		return finder.LiveOn(ctx, subject, layout, device, f.now(), limit)
	}
	const most = 1000
	list, err := f.repo.LiveSessions(ctx, subject, f.now(), most)
	return api.LatestOn(list, layout, device, limit), err
}
