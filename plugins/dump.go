package plugins

import (
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

func hostGetAll(i *wasm.Instance, s []uint64) {
	g := enter(i)
	prefix, ok := read(i, s[0], s[1])
	switch {
	case !ok || len(prefix) > abi.MaxKey || !utf8.Valid(prefix):
		s[0] = result(abi.BadArgument)
	case g.access == nil:
		s[0] = result(abi.Unavailable)
	default:
		s[0] = reply(i, string(g.dump(i, string(prefix))), s[2], s[3])
	}
}

// dump writes the fields that the guest may read as records (see abi.Record).
func (g *guest) dump(i *wasm.Instance, prefix string) []byte {
	var out []byte
	for _, key := range g.readableNames(i, prefix) {
		if v, ok := g.journal.get(g.view, key); ok && len(key) <= math.MaxUint16 {
			out = appendRecord(out, key, v)
		}
	}
	return out
}

func appendRecord(out []byte, key string, v hooks.Value) []byte {
	kind, value := byte(abi.RecordText), []byte(v.Text())
	if n, ok := v.Int(); ok && !v.IsString() {
		kind, value = abi.RecordInt, binary.LittleEndian.AppendUint64(nil, uint64(n))
	} else if v.IsJSON() {
		kind = abi.RecordJSON
	}
	out = append(out, kind, 0)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(key)))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(value)))
	return append(append(out, key...), value...)
}
