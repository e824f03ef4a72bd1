package wordpress

import (
	"bytes"
	"io"
	"net/http"
	"strings"
)

// errRouteInForm: WordPress takes the parameter rest_route out of a form, and it
// then counts more than the path that was decided on.
var errRouteInForm = badPath("the body is a form with rest_route in it, or one that can be read in two ways")

// maxHeld is how many bytes of a form may wait for what they belong to.
const maxHeld = 4 << 10

// isForm reports whether PHP could take the body for a form.
func isForm(r *http.Request) bool {
	if r.Body == nil || r.Body == http.NoBody || !strings.EqualFold(r.Method, http.MethodPost) {
		return false
	}
	encoded, parts := formKinds(r.Header["Content-Type"])
	return encoded || parts
}

// withoutRoute returns the body of a request to a WordPress so that no rest_route
// in it arrives there: a form is passed on as far as it has been looked at, and
// breaks off before that name. Only of what PHP takes for a form does WordPress
// read parameters.
func withoutRoute(r *http.Request) io.ReadCloser {
	types := r.Header["Content-Type"]
	encoded, parts := formKinds(types)
	f := &form{ReadCloser: r.Body}
	switch {
	case !strings.EqualFold(r.Method, http.MethodPost) || !encoded && !parts:
		return r.Body
	case encoded && parts || len(r.Header["Content-Encoding"]) > 0:
		f.err = errRouteInForm // who knows
	case encoded:
		f.judge = &encodedNames{}
	default:
		delimiter, ok := delimiterOf(types)
		if !ok {
			f.err = errRouteInForm
		}
		f.judge = newPartNames(delimiter)
	}
	f.buf = make([]byte, formBuffer(r))
	return f
}

// formKinds reports which kinds of form PHP could take the body for.
func formKinds(types []string) (encoded, parts bool) {
	kind := strings.ToLower(strings.Join(types, ","))
	return strings.Contains(kind, "x-www-form-urlencoded"), strings.Contains(kind, "multipart/form-data")
}

// formBuffer is how many bytes of a form are in memory at once: what waits, and what
// is read.
func formBuffer(r *http.Request) int {
	const most = 16 << 10
	if r.ContentLength < 0 {
		return maxHeld + most
	}
	return maxHeld + int(min(r.ContentLength+1, most))
}

// judge looks at a form byte by byte.
type judge interface {
	// skip says how many of these bytes may go on unseen, while none waits.
	skip(p []byte) int
	// next says of a byte what is to be done with it and those that wait.
	next(c byte) verdict
	// end says the same of those that wait when no more come.
	end() verdict
}

// verdict is how many of the last bytes wait for more, while those before may go
// on.
type verdict int

const (
	pass verdict = 0
	wait verdict = -1 // all that wait go on waiting
	stop verdict = -2 // none must arrive
)

// form is a body that is passed on as far as it has been judged.
type form struct {
	io.ReadCloser
	judge judge
	good  []byte // of buf: may go on
	held  []byte // of buf, after good: waits for a verdict
	err   error  // what comes after good
	buf   []byte
}

// Read implements io.Reader.
func (f *form) Read(p []byte) (int, error) {
	for len(f.good) == 0 && f.err == nil {
		f.fill()
	}
	if len(f.good) == 0 {
		return 0, f.err
	}
	n := copy(p, f.good)
	f.good = f.good[n:]
	return n, nil
}

func (f *form) fill() {
	held := copy(f.buf, f.held)
	n, err := f.ReadCloser.Read(f.buf[held:])
	text := f.buf[:held+n]
	mark := f.scan(text, held)
	if err == io.EOF && f.err == nil {
		switch f.judge.end() {
		case stop:
			f.err = errRouteInForm
		case pass:
			mark = len(text)
		}
	}
	f.good, f.held = text[:mark], text[mark:]
	if f.err == nil {
		f.err = err
	}
}

// scan judges text from i on, and returns up to where it may go on.
func (f *form) scan(text []byte, i int) (mark int) {
	for i < len(text) {
		if i == mark {
			i += f.judge.skip(text[i:])
			mark = i
			if i == len(text) {
				break
			}
		}
		v := f.judge.next(text[i])
		i++
		switch {
		case v == pass:
			mark = i
		case v > 0:
			mark = i - int(v)
		case v == stop || i-mark >= maxHeld:
			f.err = errRouteInForm
			return mark
		}
	}
	return mark
}

// encodedNames judges application/x-www-form-urlencoded.
type encodedNames struct {
	name []byte // so far, without the blanks in front that PHP forgets
	done bool   // with the name: what comes until the next is of no interest
}

// enoughOfName is how much of a name, percent signs and all, shows which it is.
const enoughOfName = 64

func (e *encodedNames) skip(p []byte) int {
	if !e.done {
		return 0
	}
	if i := bytes.IndexByte(p, '&'); i >= 0 {
		return i
	}
	return len(p)
}

func (e *encodedNames) next(c byte) verdict {
	switch {
	case c == '&':
		v := e.end()
		e.done = false
		return v
	case e.done:
		return pass
	case c == '=':
		return e.end()
	case len(e.name) == 0 && (c == '+' || c == ' '):
		return wait
	}
	e.name = append(e.name, c)
	switch {
	case string(e.name) == "%20":
		e.name = e.name[:0]
	case len(e.name) == enoughOfName:
		return e.end()
	}
	return wait
}

func (e *encodedNames) end() verdict {
	bad := !e.done && namesRoute(string(e.name))
	e.name, e.done = e.name[:0], true
	if bad {
		return stop
	}
	return pass
}
