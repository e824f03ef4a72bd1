package listen

import (
	"bytes"
	"strconv"
)

// scanner follows the framing of HTTP/1 requests on a connection (RFC 9112 section 6) to
// detect what net/http hides: it deletes the Content-Length of a chunked request. It
// delays no request and only checks what net/http accepts. A request that it cannot
// follow becomes the last one, like one with ambiguous framing.
type scanner struct {
	state   state
	line    [maxLine]byte
	length  int  // of line; above maxLine: the rest was dropped
	http10  bool // the request is HTTP/1.0
	coding  bool // it has a Transfer-Encoding
	sized   bool // it has a Content-Length
	skip    int64
	pending int64 // value of Content-Length
}

// maxLine is the number of bytes kept of a line: enough for both names and any length.
// The HTTP version is at the end of a request line, so the line's tail is kept as well.
const maxLine = 64

type state uint8

const (
	requestLine state = iota
	headerLine
	bodyBytes
	chunkSize
	chunkBytes
	trailerLine
	stopped
)

// scan reads the next bytes of the connection, and reports whether the current request
// must be the last one.
func (s *scanner) scan(p []byte) (last bool) {
	for len(p) > 0 {
		switch s.state {
		case stopped:
			return false
		case bodyBytes, chunkBytes:
			n := min(s.skip, int64(len(p)))
			p, s.skip = p[n:], s.skip-n
			if s.skip == 0 {
				s.bodyEnded()
			}
			continue
		}
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			s.keep(p)
			return false
		}
		s.keep(p[:i])
		p = p[i+1:]
		if !s.endLine() {
			s.state = stopped
			return true
		}
	}
	return false
}

func (s *scanner) bodyEnded() {
	if s.state == chunkBytes {
		s.state = chunkSize
		return
	}
	*s = scanner{}
}

// keep adds to the line: its beginning up to maxLine, and then its last bytes.
func (s *scanner) keep(p []byte) {
	if room := maxLine - s.length; room > 0 {
		s.length += copy(s.line[s.length:], p[:min(len(p), room)])
		p = p[min(len(p), room):]
	}
	if len(p) == 0 {
		return
	}
	s.length = maxLine + 1
	const tail = maxLine / 4
	end := s.line[maxLine-tail:]
	if n := len(p); n >= tail {
		copy(end, p[n-tail:])
	} else {
		copy(end, end[n:])
		copy(end[tail-n:], p)
	}
}

// endLine handles the line, and returns false if the request must be the last one.
func (s *scanner) endLine() bool {
	line := s.line[:min(s.length, maxLine)]
	line = bytes.TrimSuffix(line, []byte("\r"))
	whole := s.length <= maxLine
	s.length = 0
	switch s.state {
	case requestLine:
		if len(line) == 0 { // net/http skips empty lines after a POST
			return true
		}
		s.state, s.http10 = headerLine, bytes.HasSuffix(line, []byte("HTTP/1.0"))
		return true
	case headerLine:
		if len(line) == 0 {
			return s.endHeader()
		}
		return s.header(line, whole)
	case chunkSize:
		return s.chunk(line, whole)
	}
	if len(line) == 0 { // end of the trailer
		*s = scanner{}
	}
	return true
}

// header handles a header line. A continuation of the previous line's value must not be
// taken for one of the two names.
func (s *scanner) header(line []byte, whole bool) bool {
	name, value, _ := bytes.Cut(line, []byte(":"))
	switch {
	case bytes.EqualFold(name, []byte("Transfer-Encoding")):
		s.coding = true
	case bytes.EqualFold(name, []byte("Content-Length")):
		n, err := strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 64)
		if err != nil || n < 0 || !whole || s.sized && n != s.pending {
			return false
		}
		s.sized, s.pending = true, n
	}
	return true
}

func (s *scanner) endHeader() bool {
	switch {
	case s.coding && (s.sized || s.http10):
		return false
	case s.coding:
		s.state = chunkSize
	case s.pending > 0:
		s.state, s.skip = bodyBytes, s.pending
	default:
		*s = scanner{}
	}
	return true
}

// chunk handles the line with the size of a chunk (RFC 9112 section 7.1).
func (s *scanner) chunk(line []byte, whole bool) bool {
	size, _, extended := bytes.Cut(line, []byte(";"))
	if !whole && !extended {
		return false
	}
	n, err := strconv.ParseInt(string(bytes.TrimRight(size, " \t")), 16, 64)
	switch {
	case err != nil || n < 0 || n > 1<<62:
		return false
	case n == 0:
		s.state = trailerLine
	default:
		s.state, s.skip = chunkBytes, n+2
	}
	return true
}
