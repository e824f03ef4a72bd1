package formmethod

import "io"

// lines is how many bytes there may be for one in a text whose lines some programs join:
// itself and a line end.
const lines = 3

// overlap is how much of what was forwarded is searched again, without escapes, since a name
// may begin there: what is looked at around a name, or maxBlanks before and after one.
const overlap = max(lines*(bytesBefore+bytesAfter), 2*maxBlanks+16)

// nameless forwards a body unless it names a method in _method. The application gets the
// beginning of such a body, but nothing from the end of the name on: it may not wait for the
// end of the body. A body that arrives in many small pieces is searched only where the words
// are that could be a name.
type nameless struct {
	io.ReadCloser
	forms  []form
	left   int64  // bytes of the body that were not read; negative: unknown
	text   text   // the overlap
	begun  []byte // the beginning of an escape, after text: no name ends in it
	recent recent
	err    error
}

// NewReader returns a reader of a body that ends with an [*api.Error] (Invalid) before the
// body's end if the body names a method. length is that of the body; negative: unknown.
func NewReader(body io.ReadCloser, kind []string, length int64) io.ReadCloser {
	return newNameless(body, formsOf(kind), length)
}

func newNameless(body io.ReadCloser, forms []form, length int64) *nameless {
	return &nameless{ReadCloser: body, forms: forms, left: length, recent: newRecent()}
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
	b.text.keep(overlap)
	known, bare := len(b.text.spaced), len(b.text.bare)
	if len(b.begun) > 0 {
		b.begun = append(b.begun, next...)
		next = b.begun
	}
	begun := b.text.add(next, ends)
	b.begun = append(b.begun[:0], begun...)
	b.recent.read(b.text.bare[max(bare, len(b.text.bare)-overlap):])
	fresh := len(b.text.spaced) - known
	return (fresh > overlap || b.recent.matters(fresh)) && b.isNamed(fresh, ends)
}

func (b *nameless) isNamed(fresh int, ends bool) bool {
	for _, p := range b.text.pieces(overlap+fresh, fresh, ends) {
		for _, one := range b.forms {
			if count, clear := one.named(p); count > 0 || !clear {
				return true
			}
		}
	}
	return false
}
