package formmethod

import "io"

// overlap is how much of what was forwarded is searched again, since a name may begin there:
// what is looked at around a name, in the longest escapes, or maxBlanks.
const overlap = 6*(bytesBefore+bytesAfter) + maxBlanks

// nameless forwards a body unless it names a method in _method. The application gets the
// beginning of such a body, but nothing from the end of the name on: it may not wait for the
// end of the body.
type nameless struct {
	io.ReadCloser
	forms []form
	left  int64  // bytes of the body that were not read; negative: unknown
	text  []byte // the overlap
	cut   bool   // text does not begin where the body does
	err   error
}

// NewReader returns a reader of a body that ends with an [*api.Error] (Invalid) before the
// body's end if the body names a method. length is that of the body; negative: unknown.
func NewReader(body io.ReadCloser, kind []string, length int64) io.ReadCloser {
	return &nameless{ReadCloser: body, forms: formsOf(kind), left: length}
}

// Read implements io.Reader.
func (b *nameless) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.ReadCloser.Read(p)
	if b.left > 0 {
		b.left -= int64(n)
	}
	if ends := err == io.EOF || b.left == 0; (ends || n > 0) && b.names(p[:n], ends) {
		b.err = badForm("a body of more than 1 MiB, or of no stated length, names a method in _method where another method could be refused")
		return 0, b.err
	}
	return n, err
}

// names searches the next bytes of the body, the last ones if it ends.
func (b *nameless) names(next []byte, ends bool) bool {
	b.text = append(b.text, next...)
	versions, begins := unescaped(string(b.text)), !b.cut
	if n := len(b.text) - overlap; n > 0 {
		b.text, b.cut = append(b.text[:0], b.text[n:]...), true
	}
	for i, written := range versions {
		for _, one := range b.forms {
			if count, clear := one.named(piece{written, i > 0, begins, ends, len(next)}); count > 0 || !clear {
				return true
			}
		}
	}
	return false
}
