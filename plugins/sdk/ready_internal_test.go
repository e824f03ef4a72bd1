package sdk

import (
	"errors"
	"strings"
	"testing"
)

// TestReady_part: if only a part of the tools is missing, the error names that part and
// nothing installed.
func TestReady_part(t *testing.T) {
	for _, tc := range []struct{ lang, want, without string }{
		{"rust", "the Rust target wasm32-unknown-unknown: not installed: run rustup target add", "install Rust ("},
		{"assemblyscript", "the AssemblyScript compiler (asc): not installed: run npm install", "install Node"},
	} {
		l, err := Lookup(tc.lang)
		if err != nil {
			t.Fatal(err)
		}
		l.Tools, l.lacks = nil, func(string) bool { return true }
		got := l.Ready(t.TempDir())
		if !errors.Is(got, ErrNoCompiler) || !strings.Contains(got.Error(), tc.want) || strings.Contains(got.Error(), tc.without) {
			t.Errorf("%s: got %v, want %q", tc.lang, got, tc.want)
		}
	}
}
