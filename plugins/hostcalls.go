package plugins

import (
	"log/slog"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// hostFuncs joins the signatures of abi.Imports with what the host does.
func hostFuncs() []wasm.Func {
	does := map[string]func(*wasm.Instance, []uint64){
		"get": hostGet, "get_i64": hostGetInt, "set": hostSet, "set_i64": hostSetInt, "set_json": hostSetJSON,
		"del": hostDel, "keys": hostKeys, "deny": hostDeny, "fail": hostFail, "log": hostLog,
		"log_enabled": hostLogEnabled, "config_get": hostConfig, "now_ms": hostNow,
		"get_all": hostGetAll, "secret_get": hostSecret, "kv_get": hostKVGet, "kv_put": hostKVPut, "kv_incr": hostKVIncr,
		"http_fetch": hostFetch, "random": hostRandom, "metric_add": hostMetric,
	}
	var list []wasm.Func
	for _, i := range abi.Imports() {
		list = append(list, wasm.Func{Module: abi.Module, Name: i.Name, Params: i.Params, Result: i.Result, Call: does[i.Name]})
	}
	return list
}

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
		panic(errPointer) // there is no other way to say that n means nothing
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

// setText looks for room first, and at the text only if there is some.
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

// valid reports whether raw is text.
func (g *guest) valid(i *wasm.Instance, raw []byte) bool {
	burnBytes(i, len(raw))
	return utf8.Valid(raw)
}

// parse makes a value of the text of set or set_json.
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
	if text, ok := i.Read(uint32(s[1]), uint32(s[2])); ok { // of which log looks at little
		g.log(int32(s[0]), text)
	}
}

// output is where WASI's stdout and stderr go.
func output(i *wasm.Instance, text []byte) { enter(i).log(abi.Info, text) }

func hostLogEnabled(i *wasm.Instance, s []uint64) {
	g := enter(i)
	on := g.version.log.Enabled(g.ctx, slogLevel(int32(s[0])))
	s[0] = 0
	if on {
		s[0] = 1
	}
}

func slogLevel(level abi.Level) slog.Level {
	return [...]slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError}[max(0, min(level, abi.Error))]
}

func hostConfig(i *wasm.Instance, s []uint64) {
	g := enter(i)
	key, ok := read(i, s[0], s[1])
	if !ok {
		s[0] = result(abi.BadArgument)
		return
	}
	value, ok := g.version.source.spec.Config[string(key)]
	if !ok {
		s[0] = result(abi.Absent)
		return
	}
	s[0] = reply(i, value, s[2], s[3])
}

func hostNow(i *wasm.Instance, s []uint64) {
	s[0] = uint64(enter(i).host().cfg.Now().UnixMilli())
}
