package throttle

import (
	"net/netip"
	"time"
)

// Blocked returns how long a user has to wait because of completed failures: the longest
// wait at any source at which the user failed, or at sources without failures, if that
// is longer. 0 means that nothing delays the user. It leaves out what is short: networks
// that contain a source, and the failures of others. It counts nothing, and takes time in
// proportion to Config.Entries: it is for commands.
func (l *Limiter) Blocked(user string) time.Duration {
	k := l.keys(user, netip.Addr{})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tick()
	account := l.users.get(k.user)
	longest := account.turns.wait(l.cfg.Account, l.now, answered)
	l.pairs.each(func(p pair) {
		if p.user == k.user {
			longest = max(longest, l.waitOfPair(keys{told: !p.untold}, &p))
		}
	})
	return longest
}

// waitOfPair returns the wait for the failures of a pair and of its source.
func (l *Limiter) waitOfPair(k keys, p *pair) time.Duration {
	wait := p.wait(k.bound(l.cfg.Pair, l.cfg.User.Max), l.now, answered)
	if l.now < p.known {
		return wait
	}
	s := l.sources.get(p.source)
	return max(wait, s.wait(k.bound(l.cfg.Source, l.cfg.User.Max), l.now, answered))
}
