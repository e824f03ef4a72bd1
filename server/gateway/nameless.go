package gateway

import (
	"bytes"
	"io"
	"strings"
)

// overlap is how much of what was passed on is looked at again, in bytes, to find a name
// of which the beginning has gone.
const overlap = 4 << 10

// nameless passes a body on for as long as it names no method in _method. Its error leaves
// the application without the end of the body.
type nameless struct {
	io.ReadCloser
	forms []form
	tail  []byte // of what was passed on
	cut   bool   // something stood before tail
	err   error
}

// Read implements io.Reader.
func (b *nameless) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.ReadCloser.Read(p)
	if n > 0 && b.names(p[:n]) {
		b.err = badForm("a body of more than 1 MiB, or of no stated length, names a method in _method where another method could be refused")
		return 0, b.err
	}
	return n, err
}

// names reports whether a name of a method ends in more.
func (b *nameless) names(more []byte) bool {
	isCut := b.cut
	text := append(b.tail[:len(b.tail):len(b.tail)], more...)
	whole := string(text)
	if n := len(text) - overlap; n > 0 {
		text, b.cut = text[n:], true
	}
	b.tail = bytes.Clone(text)
	for _, written := range unescaped(whole) {
		if strings.Contains(written, "method") && b.isNamed(written, isCut) {
			return true
		}
	}
	return false
}

// isNamed looks for a name. At the beginning of what is looked at again nobody can see
// what stood before; there a name was found before.
func (b *nameless) isNamed(text string, isCut bool) bool {
	for _, one := range b.forms {
		for _, at := range one.names.FindAllStringIndex(text, -1) {
			if !isCut || at[0] > 0 {
				return true
			}
		}
	}
	return false
}
