package users

import "context"

// Limits on waiting calls.
const (
	MostWaiting = mostWaiting
	MostWait    = mostWait
)

// Occupy takes one slot of p for hashes, and all slots for calls of a [Verifier]; release
// frees one of each.
func Occupy(p *Passwords) (release func()) {
	slots := []*queue{p.turns}
	for range maxAsks {
		slots = append(slots, p.asks)
	}
	for _, q := range slots {
		if err := q.acquire(context.Background()); err != nil {
			panic(err)
		}
	}
	return func() { p.turns.release(); p.asks.release() }
}
