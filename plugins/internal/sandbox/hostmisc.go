package sandbox

import (
	"io"

	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

func hostSecret(i *wasm.Instance, s []uint64) {
	g := enter(i)
	raw, ok := read(i, s[0], s[1])
	if !ok || !validKey(raw) {
		s[0] = result(abi.BadArgument)
		return
	}
	name := string(raw)
	secret, ok := g.env.Secrets[name]
	switch {
	case !g.env.Rights.Secret(name):
		s[0] = result(abi.NotGranted)
	case !ok:
		s[0] = result(abi.Absent)
	default:
		s[0] = reply(i, secret.Reveal(), s[2], s[3])
	}
}

// hostRandom fills a buffer with random bytes. Guests must call it in each call: with
// isolation reset, randomness from the start is the same in every call.
func hostRandom(i *wasm.Instance, s []uint64) {
	g := enter(i)
	if uint32(s[1]) > abi.MaxRandom {
		s[0] = result(abi.TooLarge)
		return
	}
	i.Burn(int64(uint32(s[1]) / 8)) // the upper 32 bits are undefined
	buf, ok := read(i, s[0], s[1])
	if !ok {
		s[0] = result(abi.BadArgument)
		return
	}
	if _, err := io.ReadFull(g.env.deps.Rand, buf); err != nil {
		s[0] = result(abi.Unavailable)
		return
	}
	s[0] = result(abi.OK)
}

func hostMetric(i *wasm.Instance, s []uint64) {
	g := enter(i)
	raw, ok := read(i, s[0], s[1])
	if ok && validMetric(raw) && g.env.usage.metrics.admit(string(raw)) && !g.shadow {
		g.env.deps.OnMetric(g.env.Name, string(raw), int64(s[2]))
	}
}

func validMetric(name []byte) bool {
	if len(name) == 0 || len(name) > 64 {
		return false
	}
	for n, c := range name {
		if !(c >= 'a' && c <= 'z' || c == '_' || c >= '0' && c <= '9' && n > 0) {
			return false
		}
	}
	return true
}

func hostDeny(i *wasm.Instance, s []uint64) {
	g := enter(i)
	g.deny(int32(s[0]), beginning(i, s[1], s[2], abi.MaxPublicText))
}

func hostFail(i *wasm.Instance, s []uint64) {
	g := enter(i)
	g.failure = printable.Line(beginning(i, s[0], s[1], abi.MaxFailText))
}

func hostLog(i *wasm.Instance, s []uint64) {
	g := enter(i)
	if text, ok := i.Read(uint32(s[1]), uint32(s[2])); ok { // log checks only a bounded part of it
		g.log(int32(s[0]), text)
	}
}

func hostLogEnabled(i *wasm.Instance, s []uint64) {
	g := enter(i)
	on := g.env.Log.Enabled(g.ctx, slogLevel(int32(s[0])))
	s[0] = 0
	if on {
		s[0] = 1
	}
}

func hostConfig(i *wasm.Instance, s []uint64) {
	g := enter(i)
	key, ok := read(i, s[0], s[1])
	if !ok {
		s[0] = result(abi.BadArgument)
		return
	}
	value, ok := g.env.Config[string(key)]
	if !ok {
		s[0] = result(abi.Absent)
		return
	}
	s[0] = reply(i, value, s[2], s[3])
}

func hostNow(i *wasm.Instance, s []uint64) {
	s[0] = uint64(enter(i).env.deps.Now().UnixMilli())
}
