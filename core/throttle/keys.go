package throttle

import (
	"net/netip"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// keys are where a try is counted.
type keys struct {
	pair, user uint64
	sources    [3]networkKey
	count      int  // of sources
	told       bool // the source is known, and so told from others
}

// networkKey is the place of a source, or of a network around it, in the table.
type networkKey struct {
	key   uint64
	level level
}

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

// networks are the source, and the networks that it is in.
func (k *keys) networks() []networkKey { return k.sources[:k.count] }

// widest is the key of the largest of them.
func (k *keys) widest() uint64 { return k.sources[k.count-1].key }

// bound returns the scope with a delay of most at most where the source is not
// known: everybody's failures look like one's own there.
func (k *keys) bound(s Scope, most time.Duration) Scope {
	if !k.told {
		s.Max = min(s.Max, most)
	}
	return s
}
