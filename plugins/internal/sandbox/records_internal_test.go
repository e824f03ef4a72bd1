package sandbox

import (
	"encoding/binary"
	"testing"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// TestAppendRecord: a value keeps its kind, also a text of digits, and lengths are those of
// key and value.
func TestAppendRecord(t *testing.T) {
	number := func(n int64) string { return string(binary.LittleEndian.AppendUint64(nil, uint64(n))) }
	for _, tc := range []struct {
		value hooks.Value
		kind  byte
		want  string
	}{
		{hooks.String("text"), abi.RecordText, "text"}, {hooks.String(""), abi.RecordText, ""}, {hooks.String("42"), abi.RecordText, "42"},
		{hooks.String("-1"), abi.RecordText, "-1"}, {hooks.String("true"), abi.RecordText, "true"}, {hooks.String("[1]"), abi.RecordText, "[1]"},
		{hooks.Int(42), abi.RecordInt, number(42)}, {hooks.Int(0), abi.RecordInt, number(0)}, {hooks.Int(-1), abi.RecordInt, number(-1)},
		{hooks.JSON(`["a"]`), abi.RecordJSON, `["a"]`}, {hooks.Bool(true), abi.RecordJSON, "true"}, {hooks.JSON("null"), abi.RecordJSON, "null"},
	} {
		got := appendRecord([]byte("before"), "key", tc.value)
		want := append([]byte("before"), tc.kind, 0, 3, 0, byte(len(tc.want)), 0, 0, 0)
		if want = append(append(want, "key"...), tc.want...); string(got) != string(want) {
			t.Errorf("%v: got %q, want %q", tc.value, got, want)
		}
	}
}
