package sandbox

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

func hostKVGet(i *wasm.Instance, s []uint64) {
	g := enter(i)
	key, code := g.entryKey(i, s)
	if code != abi.OK {
		s[0] = result(code)
		return
	}
	var value []byte
	var err error
	g.stored(i, func(ctx context.Context) {
		value, err = g.env.deps.KV.PluginGet(ctx, g.env.Name, key, g.env.deps.Now())
	})
	if err != nil {
		s[0] = result(kvResult(err))
		return
	}
	s[0] = reply(i, string(value), s[2], s[3])
}

func hostKVPut(i *wasm.Instance, s []uint64) {
	g := enter(i)
	e, code := g.entry(i, s, s[4])
	if code == abi.OK {
		e.Value, code = entryValue(i, s[2], s[3])
	}
	if code == abi.OK && !g.shadow {
		g.stored(i, func(ctx context.Context) {
			code = kvResult(g.env.deps.KV.PluginPut(ctx, e, g.env.deps.Now(), g.quota()))
		})
	}
	s[0] = result(code)
}

func hostKVIncr(i *wasm.Instance, s []uint64) {
	g := enter(i)
	e, code := g.entry(i, s, s[3])
	var sum int64
	if code == abi.OK {
		sum, code = g.increment(i, e, int64(s[2]))
	}
	if !i.WriteUint32(uint32(s[4]), uint32(code)) {
		panic(errPointer) // otherwise the guest could not tell that sum is invalid
	}
	s[0] = uint64(sum)
}

// increment adds by to a counter, except for a shadow.
func (g *guest) increment(i *wasm.Instance, e api.PluginEntry, by int64) (int64, abi.Result) {
	if g.shadow {
		return 0, abi.Unavailable
	}
	var sum int64
	var err error
	g.stored(i, func(ctx context.Context) {
		sum, err = g.env.deps.KV.PluginIncr(ctx, e, by, g.env.deps.Now(), g.quota())
	})
	return sum, kvResult(err)
}

// entry reads the key that the first two arguments point to, and sets its expiry.
func (g *guest) entry(i *wasm.Instance, s []uint64, seconds uint64) (api.PluginEntry, abi.Result) {
	key, code := g.entryKey(i, s)
	ttl := int32(seconds) // the upper 32 bits are undefined
	if code == abi.OK && (ttl <= 0 || ttl > abi.MaxTTL) {
		code = abi.BadArgument
	}
	return api.PluginEntry{Plugin: g.env.Name, Key: key, Expires: g.env.deps.Now().Add(time.Duration(ttl) * time.Second)}, code
}

func (g *guest) entryKey(i *wasm.Instance, s []uint64) (string, abi.Result) {
	if g.access == nil {
		return "", abi.Unavailable // configure runs as often as the host likes
	}
	raw, ok := read(i, s[0], s[1])
	if !ok || !validKey(raw) {
		return "", abi.BadArgument
	}
	return string(raw), abi.OK
}

func entryValue(i *wasm.Instance, ptr, n uint64) ([]byte, abi.Result) {
	raw, ok := read(i, ptr, n)
	switch {
	case ok && len(raw) > abi.MaxValue:
		return nil, abi.TooLarge
	case !ok || !utf8.Valid(raw):
		return nil, abi.BadArgument
	}
	return append([]byte(nil), raw...), abi.OK
}

// kvResult returns the result code for an error.
func kvResult(err error) abi.Result {
	switch {
	case err == nil:
		return abi.OK
	case errors.Is(err, api.ErrNotFound):
		return abi.Absent
	case errors.Is(err, api.ErrConflict):
		return abi.BadArgument
	case errors.Is(err, api.ErrQuota):
		return abi.TooLarge
	}
	return abi.Unavailable
}
