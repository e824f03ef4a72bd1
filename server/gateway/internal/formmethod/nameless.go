package formmethod

import "io"

// A body that is forwarded is searched in blocks, together with the end of the block before,
// in which a name may begin.
const (
	block   = 4 << 10
	overlap = 4 << 10
)

// nameless forwards a body unless it names a method in _method. The application gets the
// beginning of such a body, but not its end.
type nameless struct {
	io.ReadCloser
	forms []form
	left  int64  // bytes of the body that were not read; negative: unknown
	text  []byte // the overlap, and what was read since the last search
	fresh int    // number of bytes read since then
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
	b.text, b.fresh = append(b.text, p[:n]...), b.fresh+n
	if b.left > 0 {
		b.left -= int64(n)
	}
	ends := err == io.EOF || b.left == 0
	if (ends || b.fresh >= block) && b.names(ends) {
		b.err = badForm("a body of more than 1 MiB, or of no stated length, names a method in _method where another method could be refused")
		return 0, b.err
	}
	return n, err
}

// names searches what was read since the last search.
func (b *nameless) names(ends bool) bool {
	versions, begins := unescaped(string(b.text)), !b.cut
	if n := len(b.text) - overlap; n > 0 {
		b.text, b.cut = append(b.text[:0], b.text[n:]...), true
	}
	b.fresh = 0
	for _, written := range versions {
		for _, one := range b.forms {
			if count, clear := one.named(written, begins, ends); count > 0 || !clear {
				return true
			}
		}
	}
	return false
}
