package gateway

import (
	"bytes"
	"io"
	"strings"
)

// overlap is the number of forwarded bytes that are scanned again, to find a name that
// spans two reads.
const overlap = 4 << 10

// nameless forwards a body unless it names a method in _method. After its error the
// application does not get the end of the body.
type nameless struct {
	io.ReadCloser
	forms []form
	tail  []byte // end of what was forwarded
	cut   bool   // tail does not start at the beginning of the body
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

// names reports whether the name _method ends in more.
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

// isNamed looks for the name. A match at the start of a cut text is ignored, since the
// preceding bytes are unknown; a real name there was found in an earlier read.
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
