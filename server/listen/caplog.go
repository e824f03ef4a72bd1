package listen

import (
	"log/slog"
	"sync"
	"time"
)

// capLogEvery is the interval of log lines about the caps.
const capLogEvery = 10 * time.Second

// capLog writes at most one line per capLogEvery about connections at the caps, so that a
// flood of connections does not flood the log.
type capLog struct {
	log *slog.Logger

	mu               sync.Mutex // guards the rest
	timer            bool       // a line is scheduled
	byPeer, byAll    int
	evicted, refused int
}

// note counts a new connection at a cap, and the connections closed for it.
func (l *capLog) note(cap string, cut []*counted) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if cap == "peer" {
		l.byPeer++
	} else {
		l.byAll++
	}
	if len(cut) == 0 {
		l.refused++
	}
	l.evicted += len(cut)
	if !l.timer {
		l.timer = true
		time.AfterFunc(capLogEvery, l.write)
	}
}

func (l *capLog) write() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.log.Warn("connections at a cap", "refused", l.refused, "idle_closed", l.evicted,
		"at_peer_cap", l.byPeer, "at_total_cap", l.byAll, "within", capLogEvery.String())
	l.timer, l.byPeer, l.byAll, l.evicted, l.refused = false, 0, 0, 0, 0
}
