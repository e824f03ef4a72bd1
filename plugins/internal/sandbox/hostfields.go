package sandbox

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

func hostGet(i *wasm.Instance, s []uint64) {
	g := enter(i)
	r, code := g.readable(i, s)
	if code != abi.OK {
		s[0] = result(code)
		return
	}
	v, ok := g.journal.get(g.view, r.key)
	if !ok {
		s[0] = result(abi.Absent)
		return
	}
	s[0] = reply(i, v.Text(), s[2], s[3])
}

func hostGetInt(i *wasm.Instance, s []uint64) {
	g := enter(i)
	r, code := g.readable(i, s)
	var n int64
	if code == abi.OK {
		n, code = g.integer(r)
	}
	if !i.WriteUint32(uint32(s[2]), uint32(code)) {
		panic(errPointer) // otherwise the guest could not tell that n is invalid
	}
	s[0] = uint64(n)
}

func (g *guest) integer(r *rule) (int64, abi.Result) {
	v, ok := g.journal.get(g.view, r.key)
	if !ok {
		return 0, abi.Absent
	}
	n, ok := v.Int()
	if !ok {
		return 0, abi.BadArgument
	}
	return n, abi.OK
}

func hostSet(i *wasm.Instance, s []uint64) {
	g := enter(i)
	r, code := g.writable(i, s)
	if code == abi.OK {
		code = g.setText(r, i, s, false)
	}
	s[0] = result(code)
}

func hostSetJSON(i *wasm.Instance, s []uint64) {
	g := enter(i)
	r, code := g.writable(i, s)
	if code == abi.OK {
		code = g.setText(r, i, s, true)
	}
	s[0] = result(code)
}

// setText checks the size first, and reads the text only if it fits.
func (g *guest) setText(r *rule, i *wasm.Instance, s []uint64, isJSON bool) abi.Result {
	raw, ok := i.Read(uint32(s[2]), uint32(s[3]))
	switch {
	case !ok:
		return abi.BadArgument
	case len(raw) > abi.MaxValue || !g.journal.room(r.key, len(raw)):
		return abi.TooLarge
	case !g.valid(i, raw):
		return abi.BadArgument
	}
	v, ok := g.parse(r, i, string(raw), isJSON)
	if !ok {
		return abi.BadArgument
	}
	return g.change(r, v)
}

// valid reports whether raw is valid UTF-8.
func (g *guest) valid(i *wasm.Instance, raw []byte) bool {
	burnBytes(i, len(raw))
	return utf8.Valid(raw)
}

// parse parses the text of set or set_json.
func (g *guest) parse(r *rule, i *wasm.Instance, text string, isJSON bool) (hooks.Value, bool) {
	if parsesJSON(r, isJSON) {
		i.Burn(int64(len(text)) * abi.FuelJSON)
	}
	if isJSON {
		return jsonValue(r, text)
	}
	return textValue(r, text)
}

func hostSetInt(i *wasm.Instance, s []uint64) {
	g := enter(i)
	r, code := g.writable(i, s)
	if code == abi.OK && r.typ != abi.Int && r.typ != abi.Any {
		code = abi.BadArgument
	}
	if code == abi.OK {
		code = g.change(r, hooks.Int(int64(s[2])))
	}
	s[0] = result(code)
}

func hostDel(i *wasm.Instance, s []uint64) {
	g := enter(i)
	r, code := g.writable(i, s)
	if code == abi.OK && !g.journal.add(Change{Key: r.key, Deleted: true}) {
		code = abi.TooLarge
	}
	s[0] = result(code)
}

func hostKeys(i *wasm.Instance, s []uint64) {
	g := enter(i)
	prefix, ok := read(i, s[0], s[1])
	switch {
	case !ok || len(prefix) > abi.MaxKey || !utf8.Valid(prefix):
		s[0] = result(abi.BadArgument)
	case g.access == nil:
		s[0] = result(abi.Unavailable)
	default:
		s[0] = reply(i, g.keyList(i, string(prefix)), s[2], s[3])
	}
}

func (g *guest) keyList(i *wasm.Instance, prefix string) string {
	names := g.readableNames(i, prefix)
	if len(names) == 0 {
		return ""
	}
	return strings.Join(names, "\x00") + "\x00"
}

func (g *guest) readableNames(i *wasm.Instance, prefix string) []string {
	names, changes := g.journal.names(g.view, prefix), len(g.journal.changes)
	i.Burn(int64((len(names) + changes) * (abi.FuelName + changes)))
	return slices.DeleteFunc(names, func(key string) bool {
		r, ok := g.rule([]byte(key), 0)
		return !ok || !r.known || !r.read
	})
}

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

// dump encodes the fields that the guest may read as records (see abi.Record).
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
