package sandbox

import (
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// key reads the key that the first two arguments point to.
func (g *guest) key(i *wasm.Instance, s []uint64) (*rule, abi.Result) {
	if g.access == nil {
		return nil, abi.Unavailable // configure has no event
	}
	raw, ok := read(i, s[0], s[1])
	if !ok {
		return nil, abi.BadArgument
	}
	r, ok := g.rule(raw, uint32(s[0]))
	if !ok {
		return nil, abi.BadArgument
	}
	return r, abi.OK
}

func (g *guest) readable(i *wasm.Instance, s []uint64) (*rule, abi.Result) {
	r, code := g.key(i, s)
	switch {
	case code != abi.OK:
	case !r.known:
		code = abi.Absent
	case !r.read:
		code = abi.NotGranted
	}
	return r, code
}

func (g *guest) writable(i *wasm.Instance, s []uint64) (*rule, abi.Result) {
	r, code := g.key(i, s)
	switch {
	case code != abi.OK:
	case !r.known:
		code = abi.BadArgument
	case !r.write:
		code = abi.NotGranted
	}
	return r, code
}

// change records a new value, if the guest may make this change.
func (g *guest) change(r *rule, v hooks.Value) abi.Result {
	if r.capped && !g.within(r, v) || r.narrow && hooks.Widens(g.ctx, g.view, r.key, v) {
		return abi.NotGranted
	}
	if !g.journal.add(Change{Key: r.key, Value: v}) {
		return abi.TooLarge
	}
	return abi.OK
}

// within reports whether v stays within the event's value.
func (g *guest) within(r *rule, v hooks.Value) bool {
	proposed, ok := g.view.Get(r.key)
	if !ok {
		return false
	}
	if r.typ == abi.Bool {
		was, _ := proposed.Bool()
		is, _ := v.Bool()
		return was || !is
	}
	if r.typ == abi.JSON {
		return withinList(proposed.Text(), v.Text())
	}
	limit, ok := proposed.Int()
	n, isInt := v.Int()
	return ok && isInt && n <= limit
}
