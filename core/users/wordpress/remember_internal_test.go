package wordpress

import (
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
)

// TestDirectory_Remember: after tokens may live longer, new rows are kept as long; a
// shorter lifetime changes nothing.
func TestDirectory_Remember(t *testing.T) {
	const long = 90 * 24 * time.Hour
	log, now := memory.New(), moment
	defer log.Close()
	l := node(t, log, &now, users.RevokeOn{})
	note(t, l, alice())
	d := &Directory{ledger: l}
	d.Remember(long)
	d.Remember(time.Minute)
	changed := alice()
	changed.pass = "$P$new"
	note(t, l, changed)
	rows, err := log.RevocationsSince(t.Context(), 0, time.Time{}, 10)
	if err != nil || len(rows) != 2 || rows[1].Expires.Sub(now) < long {
		t.Errorf("got %v, %v; want a second row that is known for %s", rows, err, long)
	}
}
