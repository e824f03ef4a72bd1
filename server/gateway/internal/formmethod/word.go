package formmethod

// word finds a word in a text that is read byte by byte. Its first byte is nowhere else in
// it.
type word struct {
	text string
	have int // bytes of it that were read last
}

// ends reports whether the word ends with the next byte.
func (w *word) ends(c byte) bool {
	switch c {
	case w.text[w.have]:
		w.have++
	case w.text[0]:
		w.have = 1
	default:
		w.have = 0
	}
	if w.have < len(w.text) {
		return false
	}
	w.have = 0
	return true
}

// recent tells how far back the words are, also in several lines, without which there is
// nothing to find.
type recent struct {
	method, name           word
	sinceMethod, sinceName int // bytes
}

func newRecent() recent {
	return recent{method: word{text: method}, name: word{text: "name"}}
}

func (r *recent) read(text []byte) {
	for _, c := range text {
		r.sinceMethod++
		r.sinceName++
		if c == '\r' || c == '\n' {
			continue
		}
		if r.method.ends(c) {
			r.sinceMethod = 0
		}
		if r.name.ends(c) {
			r.sinceName = 0
		}
	}
}

// matters reports whether a name or a veil may end in the last fresh bytes.
func (r *recent) matters(fresh int) bool {
	return r.sinceMethod <= fresh+lines*bytesAfter || r.sinceName <= fresh+maxBlanks+len("name")
}
