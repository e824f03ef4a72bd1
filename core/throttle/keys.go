package throttle

import (
	"net/netip"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// keys are the table keys under which an attempt is counted.
type keys struct {
	pair, user uint64
	sources    [3]networkKey
	count      int  // number of sources in use
	told       bool // the source is a valid address
}

// networkKey is the table key of a source or of a network that contains it.
type networkKey struct {
	key   uint64
	level level
}

// keys returns the keys of an attempt. It takes time for a long name: call it without the
// lock.
func (l *Limiter) keys(user string, peer netip.Addr) keys {
	type both struct {
		user   string
		source netip.Prefix
	}
	user = api.LoginKey(user)
	list, levels := networks(peer)
	k := keys{
		pair: hash(l.pairs, both{user, list[0]}), user: hash(l.users, user),
		count: len(levels), told: list[0].IsValid(),
	}
	for i, level := range levels {
		k.sources[i] = networkKey{hash(l.sources, list[i]), level}
	}
	return k
}

// networks returns the source and the networks that contain it.
func (k *keys) networks() []networkKey { return k.sources[:k.count] }

// widest returns the key of the largest network.
func (k *keys) widest() uint64 { return k.sources[k.count-1].key }

// bound returns the scope; without a valid source its delay is at most most, because
// all such attempts share one entry.
func (k *keys) bound(s Scope, most time.Duration) Scope {
	if !k.told {
		s.Max = min(s.Max, most)
	}
	return s
}
