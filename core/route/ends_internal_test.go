package route

import (
	"strings"
	"testing"
)

// TestIsResource_ends: a header with the ending that object stores use for a second resource
// counts, whatever store it is of and however it is spelt.
func TestIsResource_ends(t *testing.T) {
	none := NewNames()
	for _, end := range []string{"copy-source", "rename-source", "move-source", "symlink-target"} {
		for _, name := range []string{"x-new-" + end, "X-New-" + strings.ToUpper(end), "x_new_" + strings.ReplaceAll(end, "-", "_"), "a-" + end} {
			if !IsResource(none, name) {
				t.Errorf("%s names no resource", name)
			}
		}
		for _, name := range []string{end, "x" + end, "x-new-" + end + "-range", "x-new-" + end + "s"} {
			if IsResource(none, name) {
				t.Errorf("%s names a resource", name)
			}
		}
	}
	for _, name := range []string{"x-data-source", "source", "x-target", "", "x-move-sourcex"} {
		if IsResource(none, name) {
			t.Errorf("%s names a resource", name)
		}
	}
}

// TestIsBlankRune tests both ends of each range of characters that are trimmed somewhere,
// and their neighbours.
func TestIsBlankRune(t *testing.T) {
	for _, r := range []rune{' ', 0x85, 0xa0, 0x1680, 0x180e, 0x2000, 0x200a, 0x200b, 0x200c, 0x200d, 0x2028, 0x2029, 0x202f, 0x205f, 0x2060, 0x3000, 0xfeff} {
		if !isBlankRune(r) {
			t.Errorf("U+%04X is none", r)
		}
	}
	for _, r := range []rune{'a', '.', '\t', 0x7f, 0x84, 0x86, 0xa1, 0x180d, 0x180f, 0x1fff, 0x200e, 0x200f, 0x2010, 0x2027, 0x205e, 0x2061, 0x3001, 0xfefe, 0xff00, 0x1f600} {
		if isBlankRune(r) {
			t.Errorf("U+%04X is one", r)
		}
	}
}
