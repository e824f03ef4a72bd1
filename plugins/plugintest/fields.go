package plugintest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// Fields holds keys of a point with their values as JSON: strings, integers, booleans,
// lists, objects.
type Fields map[string]json.RawMessage

// check compares the fields with the keys of the point.
func (f Fields) check(p abi.Point, where string, journal bool) error {
	for _, key := range slices.Sorted(maps.Keys(f)) {
		k, ok := p.Key(key)
		if !ok {
			return fmt.Errorf("%s: %s has no key %q; it has %s", where, p.Name, key, keyNames(p, journal))
		}
		if journal && !k.Write {
			return fmt.Errorf("%s: %q cannot be changed at %s; these can: %s", where, key, p.Name, keyNames(p, true))
		}
		if isNull(f[key]) {
			continue
		}
		if got := kindOf(f[key]); !fits(k.Type, got) {
			return fmt.Errorf("%s: %q is %s, must be %s", where, key, got, k.Type)
		}
	}
	return nil
}

// keyNames lists a point's keys, or only the writable ones.
func keyNames(p abi.Point, writable bool) string {
	var names []string
	for _, k := range p.Keys {
		if k.Write || !writable {
			names = append(names, k.Name)
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, " ")
}

// kindOf returns the type of a JSON value.
func kindOf(raw json.RawMessage) abi.Type {
	switch v := decode(raw).(type) {
	case string:
		return abi.Text
	case bool:
		return abi.Bool
	case json.Number:
		if _, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return abi.Int
		}
	}
	return abi.JSON
}

func fits(want, got abi.Type) bool { return want == abi.Any || want == got }

func isNull(raw json.RawMessage) bool { return string(bytes.TrimSpace(raw)) == "null" }

// value converts a field to the host's type.
func value(raw json.RawMessage) hooks.Value {
	switch v := decode(raw).(type) {
	case string:
		return hooks.String(v)
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return hooks.Int(n)
		}
	}
	return hooks.JSON(compact(raw))
}

// raw is the inverse of value.
func raw(v hooks.Value) json.RawMessage {
	if !v.IsString() {
		return json.RawMessage(v.Text())
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v.Text()) // a string always encodes
	return bytes.TrimSpace(b.Bytes())
}

// decode keeps numbers as written. It returns nil for invalid JSON, which a parsed file
// cannot contain.
func decode(raw json.RawMessage) any {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	_ = dec.Decode(&v)
	return v
}

func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	_ = json.Compact(&b, raw)
	return b.String()
}

func sameJSON(a, b json.RawMessage) bool { return reflect.DeepEqual(decode(a), decode(b)) }

// text formats fields as one line for messages.
func (f Fields) text() string {
	if len(f) == 0 {
		return "nothing"
	}
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(f)) {
		parts = append(parts, key+"="+compact(f[key]))
	}
	return strings.Join(parts, " ")
}
