package formroute

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress/internal/php"
)

// errRouteInForm rejects forms with rest_route: WordPress would use it instead of the
// path that was authorized.
var errRouteInForm = api.E(api.Invalid, api.ReasonBadPath, "the body is a form with rest_route in it, or one that can be read in two ways")

// maxHeld is how many bytes of a form may be held back until they are judged.
const maxHeld = 4 << 10

// IsForm reports whether PHP could parse the body of a request with this method and these
// values of Content-Type as a form.
func IsForm(method string, types []string) bool {
	if !strings.EqualFold(method, http.MethodPost) {
		return false
	}
	encoded, parts := formKinds(types)
	return encoded || parts
}

// Hold returns how many bytes of memory the body of [Screen] uses; 0 if the request has no
// form.
func Hold(r *http.Request) int {
	if r.Body == nil || r.Body == http.NoBody || !IsForm(r.Method, r.Header["Content-Type"]) {
		return 0
	}
	return buffer(r)
}

// Screen returns the request body with a check for rest_route: a form is passed on as far as
// it has been checked, and reading fails before that name with an [api.Error] (Invalid,
// bad_path). WordPress reads parameters only from bodies that PHP parses as a form.
func Screen(r *http.Request) io.ReadCloser {
	types := r.Header["Content-Type"]
	encoded, parts := formKinds(types)
	f := &form{ReadCloser: r.Body}
	switch {
	case !strings.EqualFold(r.Method, http.MethodPost) || !encoded && !parts:
		return r.Body
	case encoded && parts || len(r.Header["Content-Encoding"]) > 0:
		f.err = errRouteInForm // ambiguous
	case encoded:
		f.judge = &encodedNames{}
	default:
		delimiter, ok := delimiterOf(types)
		if !ok {
			f.err = errRouteInForm
		}
		f.judge = newPartNames(delimiter)
	}
	f.buf = make([]byte, buffer(r))
	return f
}

// formKinds reports as which kinds of form PHP could parse the body.
func formKinds(types []string) (encoded, parts bool) {
	kind := strings.ToLower(strings.Join(types, ","))
	return strings.Contains(kind, "x-www-form-urlencoded"), strings.Contains(kind, "multipart/form-data")
}

// buffer returns how many bytes of a form are in memory at once: those held back
// and those being read.
func buffer(r *http.Request) int {
	const most = 16 << 10
	if r.ContentLength < 0 {
		return maxHeld + most
	}
	return maxHeld + int(min(r.ContentLength+1, most))
}

// judge checks a form byte by byte.
type judge interface {
	// skip returns how many of these bytes may pass unchecked. It is called while no
	// bytes are held.
	skip(p []byte) int
	// next returns the verdict about c and the bytes held before it.
	next(c byte) verdict
	// end returns the verdict about the held bytes at the end of the body.
	end() verdict
}

// verdict is the number of trailing bytes to hold back, while those before them may
// pass, or one of the constants.
type verdict int

const (
	pass verdict = 0
	wait verdict = -1 // all held bytes remain held
	stop verdict = -2 // none of them may pass
)

// form is a body that is passed on as far as it has been checked.
type form struct {
	io.ReadCloser
	judge judge
	good  []byte // part of buf that may pass
	held  []byte // part of buf after good that waits for a verdict
	err   error  // returned after good
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

// scan checks text from i on, and returns the length that may pass.
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

// encodedNames checks application/x-www-form-urlencoded.
type encodedNames struct {
	name []byte // so far, without leading spaces, which PHP ignores
	done bool   // the name is complete; bytes up to the next pair may pass
}

// enoughOfName is how many bytes of an encoded name suffice to identify it.
const enoughOfName = 64

func (e *encodedNames) skip(p []byte) (n int) {
	for n < len(p) {
		switch {
		case e.done:
			i := bytes.IndexByte(p[n:], '&')
			if i < 0 {
				return len(p)
			}
			e.done, n = false, n+i+1
		case p[n] == '&': // no name
			n++
		case mayBeginRoute(p[n]):
			return n
		default:
			e.done = true
		}
	}
	return n
}

// mayBeginRoute reports whether rest_route can begin with the byte, as it is or encoded,
// or after spaces.
func mayBeginRoute(c byte) bool { return c == 'r' || c == '%' || c == '+' || c == ' ' }

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

// namesRoute reports whether the encoded name of a query or form parameter is, or could
// be, that of rest_route.
func namesRoute(name string) bool { return isRouteName(php.Decode(name)) }

// isRouteName is namesRoute for a name that is not encoded, as in multipart forms.
func isRouteName(name string) bool { return php.IsLike(name, "rest_route") }
