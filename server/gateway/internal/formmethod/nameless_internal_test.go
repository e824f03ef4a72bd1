package formmethod

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// TestNameless: a name is found wherever a body is split, and nothing else is.
func TestNameless(t *testing.T) {
	encoded, parts := formsOf([]string{"application/x-www-form-urlencoded"}), formsOf([]string{"multipart/form-data; boundary=b"})
	object, markup := formsOf([]string{"application/json"}), formsOf([]string{"application/xml"})
	many := func(filler string) string { return strings.Repeat(filler, overlap+100) }
	for _, tc := range []struct {
		text  string
		forms []form
		named bool
	}{
		{"_method=DELETE", encoded, true}, {"a=b&_method=x", encoded, true}, {"a=b&%5Fmethod=x", encoded, true},
		{"X-HTTP-Method-Override=DELETE", encoded, true}, {"a=b&x-http-method=x", encoded, true}, {"a=b&X%2DMethod-Override=x", encoded, true}, {"__METHOD_OVERRIDE__=x", encoded, true}, {"_HttpMethod=x", encoded, true},
		{"X-HTTP-Method-Overrides=x", encoded, false}, {"a=X-HTTP-Method-Override", encoded, false}, {"X-Method=x", encoded, false}, {"ax-http-method=x", encoded, false},
		{"--b\r\nContent-Disposition: form-data; name=\"X-HTTP-Method-Override\"\r\n\r\nDELETE", parts, true}, {`{"x-http-method":"DELETE"}`, object, true}, {"<r><x-http-method>", markup, true},
		{"_%4dethod=x", encoded, true}, {"_%4Dethod=x", encoded, true}, {"_m" + many("\x00") + "ethod=x", encoded, true}, {"_metho%u0064=x", encoded, true},
		{"x_method=a", encoded, false}, {"a=_method", encoded, false}, {"method=a", encoded, false}, {"", encoded, false},
		{"--b\r\nContent-Disposition: form-data; name=\"_method\"\r\n\r\nDELETE", parts, true},
		{"--b\r\nContent-Disposition: form-data; name=\"x_method\"\r\n\r\n_method", parts, false},
		{"a=1&" + many("+") + "_method=DELETE", encoded, true}, {many("%20") + "_method=x", encoded, true},
		{many(" ") + "_method=x", encoded, true}, {many("\x00") + "_method=x", encoded, true}, {many("[+") + "_method=x", encoded, true},
		{many("+") + "x_method=x", encoded, false}, {many("a+") + "=_method", encoded, false}, {many(" ") + "method=x", encoded, false},
		{"--b\r\nContent-Disposition: form-data; name=" + many(" ") + "\"_method\"\r\n\r\nDELETE", parts, true},
		{"--b\r\nContent-Disposition: form-data; name=\"" + many("[ ") + "_method\"\r\n\r\nDELETE", parts, true},
		{"--b\r\nContent-Disposition: form-data; name" + many("\t") + "=\"_method\"\r\n\r\nDELETE", parts, true},
		{"--b\r\nContent-Disposition: form-data; name*=utf-8'" + many("x") + "'_method\r\n\r\nDELETE", parts, true},
		{"--b\r\nContent-Disposition: form-data; name*0=\"_me\"; x=" + many("x") + "; name*1=\"thod\"\r\n\r\nDELETE", parts, true},
		{"--b\r\nContent-Disposition: form-data; name=\"=?utf-8?b?X21ldGhvZA==?=\"\r\n\r\nDELETE", parts, true},
		{"--b\r\nContent-Disposition: form-data; name==\"_method\"\r\n\r\nDELETE", parts, true},
		{"--b\r\nContent-Disposition: form-data; name" + many("=") + "_method\r\n\r\nDELETE", parts, true},
		{"--b\r\nContent-Disposition: form-data;" + many(" ") + "name*0=\"_me\";" + many("\t") + "name*1=\"thod\"\r\n\r\nDELETE", parts, true},
		{"--b\r\nContent-Disposition: form-data;" + many("\r\n ") + "name*=utf-8''%5fmethod\r\n\r\nDELETE", parts, true},
		{"--b\r\nContent-Disposition: form-data; name" + many(" ") + "*=utf-8''%5fmethod\r\n\r\nDELETE", parts, true},
		{"--b\r\nContent-Disposition: form-data; name=" + many(" ") + "\"=?utf-8?b?X21ldGhvZA==?=\"\r\n\r\nDELETE", parts, true},
		{"--b\r\nContent-Disposition: form-data; na\nme=_met\r\nhod\r\n\r\nDELETE", parts, true},
		{"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + many("x\n"), parts, false},
		{"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + many(" ") + "name=b", parts, false},
		{"--b\r\nContent-Disposition: form-data; name=\"a\"; filename*=utf-8''b\r\n\r\n" + many("x"), parts, false},
		{"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nfile name*, the name" + many("x"), parts, false},
		{`{"` + many(" ") + `_method":"DELETE"}`, object, true}, {`{"_method` + many(" ") + `":"DELETE"}`, object, true},
		{`{"\u005fmethod"` + many(`\u0020`) + `:"DELETE"}`, object, true}, {`{"a":"` + many(" ") + `","b":"a _method"}`, object, false},
		{"<r><" + many("x") + ":_method>DELETE", markup, true}, {"<r><" + many(" ") + "_method>", markup, true}, {"<r>" + many("x") + "_method</r>", markup, false},
	} {
		for _, before := range []int{0, 1, 7, overlap - 8, overlap - 3, overlap - 1, overlap, overlap + 1, 3 * overlap} {
			text := strings.Repeat("z", before) + "\n" + tc.text
			if len(tc.forms) == 1 && tc.forms[0].kind == "urlencoded" {
				text = strings.Repeat("z", before) + "&" + tc.text
			}
			for name, body := range map[string]io.Reader{
				"whole": strings.NewReader(text), "by bytes": iotest.OneByteReader(strings.NewReader(text)), "by halves": iotest.HalfReader(strings.NewReader(text)),
			} {
				got, err := io.ReadAll(newNameless(io.NopCloser(body), tc.forms, -1))
				if (err != nil) != tc.named || err == nil && string(got) != text {
					t.Errorf("%.60q after %d, %s: %v, %d of %d bytes; want named %v", tc.text, before, name, err, len(got), len(text), tc.named)
				}
			}
		}
	}
}

// TestNameless_smallPieces: a body that arrives byte by byte is searched only near the words
// that could be a name.
func TestNameless_smallPieces(t *testing.T) {
	for _, repeated := range []string{"some words of a text. ", "a=b&", "a%20b%C3%A4+c&", "\x00\xff\x12\x80", "\r\n", "{\"a\":\"b\"}", `\"\u00e4`} {
		text := strings.Repeat(repeated, 4*overlap/len(repeated)+1)
		one := make([]byte, 1)
		body := newNameless(io.NopCloser(strings.NewReader(strings.Repeat(text, 3))), forms, -1)
		if _, err := io.ReadFull(body, make([]byte, len(text))); err != nil { // buffers have their size then
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(len(text), func() { body.Read(one) }); n > 0 {
			t.Errorf("%q: a byte allocates %v times: it is searched", repeated, n)
		}
	}
}

// TestNameless_anySplit: a body is refused or not, however it is split.
func TestNameless_anySplit(t *testing.T) {
	tokens := []string{
		"_method", "_", "met", "hod", "method", "%6d", "ethod", "%", "%u005f", `\u005f`, `\`, "u00", "\x00", "&", ";", "=", "a", " ", "+", "[", "]", "\r\n", "\n", "\r",
		"name", "name=", "name*=", `"`, "'", ":", "content-id:", "--b", "<", ">", "/", "?", "=?", "x", "word ", "-", ".", strings.Repeat("y", 70), strings.Repeat("y ", 500), strings.Repeat(" ", 60),
	}
	random := rand.New(rand.NewPCG(1, 2))
	named := 0
	for range 20_000 {
		var b strings.Builder
		for range 1 + random.IntN(30) {
			b.WriteString(tokens[random.IntN(len(tokens))])
		}
		list := forms
		if n := random.IntN(len(forms) + 1); n < len(forms) {
			list = forms[n : n+1]
		}
		_, whole := io.ReadAll(newNameless(io.NopCloser(strings.NewReader(b.String())), list, int64(b.Len())))
		if whole != nil {
			named++
		}
		most := 1 + random.IntN(40)
		split := pieces{strings.NewReader(b.String()), func() int { return 1 + random.IntN(most) }}
		if _, err := io.ReadAll(newNameless(io.NopCloser(split), list, -1)); (err == nil) != (whole == nil) {
			t.Errorf("%.300q: whole %v, in pieces %v", b.String(), whole, err)
		}
	}
	if named < 500 {
		t.Errorf("only %d bodies have a name", named)
	}
}

// pieces reads as much at a time as size says.
type pieces struct {
	io.Reader
	size func() int
}

func (p pieces) Read(b []byte) (int, error) { return p.Reader.Read(b[:min(len(b), p.size())]) }

// TestNameless_early: nothing of a body is forwarded from the end of the name on, even if the
// rest does not arrive: a form in parts is complete before the body ends.
func TestNameless_early(t *testing.T) {
	for text, kind := range map[string]string{
		"--b\r\nContent-Disposition: form-data; name=\"_method\"\r\n\r\nDELETE\r\n--b--\r\n": "multipart/form-data; boundary=b",
		`{"_method":"DELETE"}`:     "application/json",
		"&_method=DELETE&":         "application/x-www-form-urlencoded",
		"<r><_method>DELETE</r>\n": "application/xml",
	} {
		for _, before := range []int{0, 1, overlap, 300 << 10} {
			for name, split := range map[string]func(io.Reader) io.Reader{"whole": func(r io.Reader) io.Reader { return r }, "by bytes": iotest.OneByteReader, "by halves": iotest.HalfReader} {
				arrived := strings.Repeat("z", before) + "\n" + text
				body := io.NopCloser(io.MultiReader(split(strings.NewReader(arrived)), iotest.ErrReader(errors.New("the rest did not arrive"))))
				got, err := io.ReadAll(NewReader(body, []string{kind}, 2<<20))
				_, rest, _ := strings.Cut(string(got), "_method")
				if api.CodeOf(err) != api.Invalid || rest != "" {
					t.Errorf("%.30q after %d, %s: %v, the application got %.40q", text, before, name, err, string(got[max(0, len(got)-40):]))
				}
			}
		}
	}
}

// TestNameless_length: a body of known length is searched before its last byte is forwarded,
// whether or not the reader tells of its end.
func TestNameless_length(t *testing.T) {
	for text, named := range map[string]bool{"a=b&_method=DELETE": true, "a=b&x_method=DELETE": false} {
		body := newNameless(io.NopCloser(strings.NewReader(text)), forms, int64(len(text)))
		n, err := io.ReadFull(body, make([]byte, len(text)))
		if (err != nil) != named || named && n == len(text) {
			t.Errorf("%s: %d bytes, %v", text, n, err)
		}
	}
}

// costly are contents that take long to search; the first is plain.
var costly = []string{
	"some words of a text. ",
	"%6d", "method", "_method_", "_method", "methodname=", "name= methodname=   ", "%5fmethod\\", "x_method=a&", "&_method=a", "\x00_method",
	"name=", ";name ", "\\u005f", "%", "[_method]", `"_method":`, "_method: ", "name*", ";;;;", "\r\n", ";name=====", "_met\nhod", "a\n\r\n",
	"transfer-encoding", "\r\ncontent-transfer-encoding: binary", "--\r\n\r\n", "\x00\\", "a=_methodical&", "a=_method-", strings.Repeat("a=_method&", 60) + strings.Repeat("b", 32<<10-600),
	"x\n: name ", strings.Repeat("a\n _method b\n", 60) + strings.Repeat("b", 32<<10-780),
}

// TestMethodsIn_linear: whatever a body repeats, to search it takes a small multiple of the
// time of a body without the name.
func TestMethodsIn_linear(t *testing.T) {
	took := func(repeated string) time.Duration {
		text, best := strings.Repeat(repeated, 300_000/len(repeated)), time.Hour
		for range 3 {
			begun := time.Now()
			methodsIn(text, forms)
			best = min(best, time.Since(begun))
		}
		return best
	}
	plain := took(costly[0])
	for _, repeated := range costly[1:] {
		one := took(repeated)
		for tries := 0; tries < 20 && one > 20*plain; tries++ { // the rest of the machine was in the way
			one = min(one, took(repeated))
		}
		if one > 20*plain {
			t.Errorf("%q: %v, where plain text takes %v", repeated, one, plain)
		}
	}
}

// BenchmarkNameless searches 8 MiB that arrive as from a fast client, and 1 MiB byte by byte.
func BenchmarkNameless(b *testing.B) {
	read := func(b *testing.B, size int, repeated string, list []form, split func(io.Reader) io.Reader) {
		text := strings.Repeat(repeated, size/len(repeated))
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			io.CopyBuffer(struct{ io.Writer }{io.Discard}, newNameless(io.NopCloser(split(strings.NewReader(text))), list, -1), make([]byte, 32<<10))
		}
	}
	for _, repeated := range costly {
		for name, list := range map[string][]form{"all": forms, "parts": forms[1:2], "encoded": forms[:1]} {
			b.Run(fmt.Sprintf("whole/%s/%.40q", name, repeated), func(b *testing.B) {
				read(b, 8<<20, repeated, list, func(r io.Reader) io.Reader { return struct{ io.Reader }{r} })
			})
			b.Run(fmt.Sprintf("bytes/%s/%.40q", name, repeated), func(b *testing.B) {
				read(b, 1<<20, repeated, list, iotest.OneByteReader)
			})
		}
	}
}
