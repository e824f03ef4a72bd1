package sandbox

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins/abi"
)

// TestNames tests names of keys and metrics with each byte and length.
func TestNames(t *testing.T) {
	for c := range 256 {
		b := string([]byte{byte(c)})
		lower := c >= 'a' && c <= 'z' || c == '_'
		digit := c >= '0' && c <= '9'
		if validMetric([]byte(b)) != lower || validMetric([]byte("a"+b)) != (lower || digit) {
			t.Errorf("%q in the name of a metric", b)
		}
		if want := c >= 0x20 && c < 0x7f; validKey([]byte(b)) != want || validKey([]byte("a"+b)) != want {
			t.Errorf("%q in a key", b)
		}
	}
	for n, want := range map[int][2]bool{0: {false, false}, 1: {true, true}, 64: {true, true}, 65: {false, true}, abi.MaxKey: {false, true}, abi.MaxKey + 1: {false, false}} {
		if text := []byte(strings.Repeat("a", n)); validMetric(text) != want[0] || validKey(text) != want[1] {
			t.Errorf("%d bytes: metric %v, key %v", n, validMetric(text), validKey(text))
		}
	}
	if !validKey([]byte("é")) || validKey([]byte("\u0085")) {
		t.Error("characters beyond ASCII")
	}
	m := &metricNames{}
	for i := range abi.MaxMetrics {
		if !m.admit(fmt.Sprint("m", i)) {
			t.Fatalf("metric %d is refused", i)
		}
	}
	if m.admit("one_more") || !m.admit("m0") {
		t.Error("one metric too many, or a known one refused")
	}
}
