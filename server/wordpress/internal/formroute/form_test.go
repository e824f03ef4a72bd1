package formroute

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

const (
	encodedType = "application/x-www-form-urlencoded"
	partsType   = "multipart/form-data; boundary=b"
)

func part(head, value string) string { return "--b\r\n" + head + "\r\n\r\n" + value + "\r\n--b--\r\n" }

func field(name string) string {
	return part("Content-Disposition: form-data; name="+name, "/wp/v2/users")
}

// innocent and guilty are bodies by their kind: whether PHP would find a
// rest_route. examples/wordpress asks PHP.
var (
	innocent = map[string][]string{
		encodedType: {
			"", "a=b", "a", "a=rest_route&b=rest_route=x", "rest_routes=/a", "xrest_route=/a", "Rest_route=/a", "rest__route=/a", "rest_route]=/a",
			"q=%zz&=x&&=&+=+", strings.Repeat("a=b&", 9000), `{"title":"` + strings.Repeat("x", 9000) + `"}`, strings.Repeat("+", 50) + "a=b",
			"rest_rout", "a[rest_route]=1", strings.Repeat("%72", 30) + "=1",
		},
		partsType: {
			field(`"a"`), field(`"xrest_route"`), part(`Content-Disposition: form-data; name="a"; filename="x.txt"`, "see ?rest_route=/wp/v2/posts, the rest_route"),
			part(`Content-Disposition: form-data; name="n"`, strings.Repeat("name=", 3000)+strings.Repeat("\r\n", 1000)), "name=\"rest_rout",
			field(`"a"; filename="name=rest_route.txt"`), field(`name=rest_route`), field(`"a; name=rest_route`), strings.Repeat("-", 9000), "--b", "--b\r", "--b--", "--b--\r\n",
			part(`Content-Disposition: form-data; name="f"; filename="x"`, "name=\x00\x00rest_route\x00n\x00a\x00m\x00e\x00=\x00 name=\"rest_route\""),
			part("Content-Disposition: form-data; name=\"f\"; filename=\"\u00e9.txt\"\r\nContent-Type: text/plain", "-\r\n-b\r\n--a---"),
		},
	}
	guilty = map[string][]string{
		encodedType: {
			"rest_route=/a", "a=b&rest_route=/a", "rest_route", "a&rest_route&b", "rest.route=/a", "rest%20route=/a", "rest+route=/a", "rest%5broute=/a", "rest[route=/a",
			"+%20+rest_route=/a", "%72%65%73%74%5F%72%6f%75%74%65=/a", "rest_route[]=/a", "rest_route[x][y]=/a", "rest_route%00x=/a", "rest_route%00" + strings.Repeat("x", 100) + "=/a",
			strings.Repeat("a=b&", 3000) + "rest_route=/a", strings.Repeat("+", 4000) + "rest_route=/a", strings.Repeat("+", 9000) + "rest_route=/a",
			strings.Repeat("x", 9000) + "&rest_route=/a", "rest_route[" + strings.Repeat("x", 100) + "]=/a",
		},
		partsType: {
			field(`"rest_route"`), field(`rest_route`), field(`'rest_route'`), field(` "rest_route"`), field(`"  rest_route"`), field(`"rest.route"`), field(`"rest route"`),
			field(`"rest[route"`), field(`"rest_route[]"`), field("\"rest_\r\nroute\""), field("\r\n\"rest_route\""),
			strings.Replace(field(`"rest_route"`), "name", "NAME", 1), strings.ReplaceAll(field(`"rest_route"`), "\r\n", "\n"),
			strings.Repeat(" ", 4090) + field(`"rest_route"`), field(`="rest_route"`), field(`==='rest_route`), field("\"rest_\x00junk\r\nroute\""), field("\x00\r\n\"rest_route\""),
			strings.Replace(field(`"rest_route"`), "name", "na\x00junk\r\nme", 1), strings.Repeat("x", 5120) + field(`"rest_route"`), "x" + field(`"rest_route"`),
			strings.Replace(field(`"rest_route"`), "--b\r", "--b\x00junk\r", 1), field(`"a"; name="rest_route"`), field(`"a;b"; x=';'; ;;name="rest_route"`),
			field(`"a"`) + field(`"rest_route"`), strings.Replace(field(`"rest_route"`), "form-data", "form-data;\r\n", 1), field("\x0b\"rest_route\""),
		},
	}
)

func readForm(t *testing.T, kind, body string, split func(io.Reader) io.Reader) (string, error) {
	t.Helper()
	r, err := http.NewRequest("POST", "http://x/", split(strings.NewReader(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	text, err := io.ReadAll(Screen(r))
	return string(text), err
}

func TestForm(t *testing.T) {
	for way, split := range map[string]func(io.Reader) io.Reader{"at once": func(r io.Reader) io.Reader { return r }, "byte by byte": iotest.OneByteReader, "with its end": iotest.DataErrReader} {
		for kind, list := range innocent {
			for _, body := range list {
				if got, err := readForm(t, kind, body, split); err != nil || got != body {
					t.Errorf("%s, %s, %.60q: readForm: got %.60q, %v; want %v", way, kind, body, got, err, body)
				}
			}
		}
		for kind, list := range guilty {
			for _, body := range list {
				got, err := readForm(t, kind, body, split)
				if !errors.Is(err, errRouteInForm) || !strings.HasPrefix(body, got) {
					t.Errorf("%s, %s, %.60q: got %.60q, %v; want the beginning of the body and error %q", way, kind, body, got, err, errRouteInForm)
				}
				if again, err := readForm(t, kind, got, split); err != nil || again != got {
					t.Errorf("%s, %s, %.60q: the part that passed is rejected on its own: %v", way, kind, body, err)
				}
			}
		}
	}
}

func TestForm_broken(t *testing.T) {
	cut := errors.New("cut off")
	got, err := readForm(t, encodedType, "a=b&rest_rou", func(r io.Reader) io.Reader { return io.MultiReader(r, iotest.ErrReader(cut)) })
	if got != "a=b&" || !errors.Is(err, cut) {
		t.Errorf("got %q, %v; want \"a=b&\" and error %q", got, err, cut)
	}
}

// BenchmarkForm measures the inspection of an upload and a form.
func BenchmarkForm(b *testing.B) {
	for kind, body := range map[string]string{partsType: part(`Content-Disposition: form-data; name="f"; filename="x"`, strings.Repeat("a name in a text. ", 60_000)), encodedType: strings.Repeat("a=b&", 256<<10)} {
		media, _, _ := strings.Cut(kind, ";")
		b.Run(media, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				r, err := http.NewRequest("POST", "http://x/", strings.NewReader(body))
				if err != nil {
					b.Fatal(err)
				}
				r.Header.Set("Content-Type", kind)
				if _, err := io.Copy(io.Discard, Screen(r)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// FuzzForm: the output is a prefix of the input, contains no route, and does not depend
// on how the input was split.
func FuzzForm(f *testing.F) {
	for _, lists := range []map[string][]string{innocent, guilty} {
		for kind, list := range lists {
			for _, body := range list {
				f.Add([]byte(body), kind == partsType)
			}
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, parts bool) {
		kind := encodedType
		if parts {
			kind = partsType
		}
		got, err := readForm(t, kind, string(body), func(r io.Reader) io.Reader { return r })
		again, errAgain := readForm(t, kind, string(body), iotest.OneByteReader)
		if got != again || !errors.Is(errAgain, err) {
			t.Fatalf("%q, %v at once; %q, %v byte by byte", got, err, again, errAgain)
		}
		if !bytes.HasPrefix(body, []byte(got)) || err == nil && len(got) != len(body) {
			t.Errorf("got %q, %v; want the whole body, or its beginning and an error", got, err)
		}
		if !parts {
			for pair := range strings.SplitSeq(got, "&") {
				if name, _, _ := strings.Cut(pair, "="); namesRoute(name) && len(name) < len(got) {
					t.Errorf("the name %q passed", name)
				}
			}
		}
	})
}

// BenchmarkForm_hostile measures forms that are written to cost much: anybody can send one.
func BenchmarkForm_hostile(b *testing.B) {
	const size = 1 << 20
	run := func(kind, unit string) {
		body := strings.Repeat(unit, size/len(unit))
		b.Run(fmt.Sprintf("%.20q", unit), func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				r, err := http.NewRequest("POST", "http://x/", strings.NewReader(body))
				if err != nil {
					b.Fatal(err)
				}
				r.Header.Set("Content-Type", kind)
				io.Copy(io.Discard, Screen(r))
			}
		})
	}
	for _, unit := range []string{"a&", "&", "=&", "r&", "re&", "r=&", "%&", "+&", "%20", "rest_rout&", "a[b]=c&"} {
		run(encodedType, unit)
	}
	for _, unit := range []string{part(`Content-Disposition: form-data; name="a"`, "x"), "-", "\r\n--", "--b\r\na: b\r\n\r\n"} {
		run(partsType, unit)
	}
}
