package plugins

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

var errPointer = errors.New("a result pointer outside the memory")

// key reads the key that the first two arguments name.
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

// change records a new value, if the guest may go that way.
func (g *guest) change(r *rule, v hooks.Value) abi.Result {
	if r.capped && !g.within(r, v) || r.narrow && hooks.Widens(g.ctx, g.view, r.key, v) {
		return abi.NotGranted
	}
	if !g.journal.add(Change{Key: r.key, Value: v}) {
		return abi.TooLarge
	}
	return abi.OK
}

// within reports whether v asks for no more than what the event came with.
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

// withinList reports whether list has no member that all lacks; both are JSON.
func withinList(all, list string) bool {
	var have, want []string
	if json.Unmarshal([]byte(all), &have) != nil || json.Unmarshal([]byte(list), &want) != nil {
		return false
	}
	return !slices.ContainsFunc(want, func(s string) bool { return !slices.Contains(have, s) })
}

// textValue reads the text of set as the key's type wants it.
func textValue(r *rule, text string) (hooks.Value, bool) {
	switch r.typ {
	case abi.Int:
		n, err := strconv.ParseInt(text, 10, 64)
		return hooks.Int(n), err == nil
	case abi.Bool:
		return hooks.JSON(text), text == "true" || text == "false"
	case abi.JSON:
		return hooks.JSON(text), validJSON(text)
	}
	return hooks.String(text), true
}

// jsonValue reads the text of set_json.
func jsonValue(r *rule, text string) (hooks.Value, bool) {
	switch r.typ {
	case abi.Text:
		return hooks.Value{}, false
	case abi.Any:
		return hooks.JSON(text), validJSON(text)
	}
	return textValue(r, text)
}

// maxDepth bounds the nesting of JSON that a guest sets.
const maxDepth = 32

// validJSON accepts one JSON value that every reader understands alike: no name
// twice in an object, no number out of range, no deep nesting.
func validJSON(text string) bool {
	if loneSurrogate(text) {
		return false
	}
	dec := json.NewDecoder(strings.NewReader(text))
	if !oneValue(dec, maxDepth) {
		return false
	}
	_, err := dec.Token()
	return err == io.EOF
}

// loneSurrogate finds escapes of half a character (RFC 8259 section 8.2), of which
// each reader makes something else.
func loneSurrogate(text string) bool {
	for {
		at := strings.IndexByte(text, '\\')
		if at < 0 || at+1 == len(text) {
			return false
		}
		text = text[at:]
		if text[1] != 'u' {
			text = text[2:]
			continue
		}
		switch high := escaped(text); {
		case high < 0xD800 || high > 0xDFFF:
			text = text[min(6, len(text)):]
		case high >= 0xDC00 || len(text) < 12 || escaped(text[6:]) < 0xDC00 || escaped(text[6:]) > 0xDFFF:
			return true
		default:
			text = text[12:]
		}
	}
}

// escaped is the code unit of \uXXXX at the beginning of text, 0 if there is none.
func escaped(text string) uint64 {
	if len(text) < 6 || text[:2] != "\\u" {
		return 0
	}
	n, _ := strconv.ParseUint(text[2:6], 16, 16)
	return n
}

func oneValue(dec *json.Decoder, depth int) bool {
	token, err := dec.Token()
	if err != nil || depth == 0 {
		return false
	}
	open, ok := token.(json.Delim)
	if !ok {
		return true
	}
	seen := map[string]bool{}
	for dec.More() {
		if open == '{' && !newName(dec, seen) || !oneValue(dec, depth-1) {
			return false
		}
	}
	_, err = dec.Token()
	return err == nil
}

func newName(dec *json.Decoder, seen map[string]bool) bool {
	token, err := dec.Token()
	name, ok := token.(string)
	if err != nil || !ok || seen[name] {
		return false
	}
	seen[name] = true
	return true
}

// reply hands a text to the guest: its length, and the text if it fits.
func reply(i *wasm.Instance, text string, buf, size uint64) uint64 {
	if len(text) > maxReply {
		return result(abi.TooLarge)
	}
	burnBytes(i, len(text))
	if uint32(len(text)) <= uint32(size) && !i.Write(uint32(buf), text) {
		return result(abi.BadArgument)
	}
	return uint64(len(text))
}

// maxReply keeps lengths well inside an i32.
const maxReply = 1 << 24

func result(code abi.Result) uint64 { return uint64(uint32(code)) }
