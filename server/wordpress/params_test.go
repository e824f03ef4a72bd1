package wordpress

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-auth/cardea/core/api"
)

func readBody(t *testing.T, target, contentType, body string) (Params, Refusal, bool) {
	t.Helper()
	r := httptest.NewRequest("POST", target, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	return ReadParams(r)
}

func TestReadParams(t *testing.T) {
	const form, json = "application/x-www-form-urlencoded", "application/json"
	for name, c := range map[string]struct{ target, contentType, body, want string }{
		"json":                  {"/", json, `{"a":"1"}`, "1"},
		"json over query":       {"/?a=2", json, `{"a":"1"}`, "1"},
		"null falls through":    {"/?a=2", json, `{"a":null}`, "2"},
		"json api":              {"/", "application/vnd.api+json; charset=utf-8", `{"a":"1"}`, "1"},
		"json twice":            {"/", "application/json, application/json", `{"a":"1"}`, "1"},
		"json among others":     {"/", "text/plain,Application/JSON; charset=utf-8", `{"a":"1"}`, "1"},
		"json for embedding":    {"/", "application/json+oembed", `{"a":"1"}`, "1"},
		"json as a parameter":   {"/", "text/plain; x=application/json", `{"a":"1"}`, ""},
		"json as text":          {"/", "text/plain", `{"a":"1"}`, ""},
		"jsonx is not JSON":     {"/", "application/jsonx", `{"a":"1"}`, ""},
		"no type":               {"/", "", "a=1", ""},
		"last member counts":    {"/", json, `{"a":"1","a":"2"}`, "2"},
		"true":                  {"/", json, `{"a":true}`, "1"},
		"false":                 {"/", json, `{"a":false}`, ""},
		"integer":               {"/", json, `{"a":12345678901234567890}`, "12345678901234567890"},
		"fraction":              {"/", json, `{"a":1.50}`, "1.5"},
		"list":                  {"/", json, `{"a":["1"]}`, ""},
		"json list":             {"/?a=2", json, `[1]`, "2"},
		"json text":             {"/?a=2", json, `"x"`, "2"},
		"empty json":            {"/?a=2", json, "", "2"},
		"form":                  {"/", form, "b=0&a=x+y%20z", "x y z"},
		"form over query":       {"/?a=2", form, "a=1", "1"},
		"last field counts":     {"/", form, "a=1&a=2", "2"},
		"broken escape":         {"/", form, "a=100%+%zz%41+", "100% %zzA "},
		"form list":             {"/", form, "a[]=1", ""},
		"semicolon is a letter": {"/", form, "a=1;b=2", "1;b=2"},
		"bytes":                 {"/", form, "a=%ff", "\xff"},
		"query":                 {"/?a=%C3%A4", "", "", "ä"},
	} {
		t.Run(name, func(t *testing.T) {
			p, f, ok := readBody(t, c.target, c.contentType, c.body)
			if !ok {
				t.Fatalf("refused: %+v", f)
			}
			if got := p.Text("a"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestReadParams_multipart(t *testing.T) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	form.WriteField("a", "line\r\nbreak")
	file, err := form.CreateFormFile("b", "x.txt")
	if err != nil {
		t.Fatal(err)
	}
	file.Write([]byte("file"))
	form.Close()
	p, _, ok := readBody(t, "/", form.FormDataContentType(), body.String())
	if !ok || p.Text("a") != "line\r\nbreak" || p.Text("b") != "" {
		t.Errorf("got a=%q b=%q, want the field and not the file", p.Text("a"), p.Text("b"))
	}
}

func TestReadParams_badJSON(t *testing.T) {
	for body, want := range map[string]int{
		`{"a":`:                       4,
		`{"a":1} x`:                   4,
		"\ufeff{}":                    4,
		"{\"a\":\"\xff\"}":            5,
		strings.Repeat("[", 600) + "": 1,
	} {
		_, f, ok := readBody(t, "/", "application/json", body)
		got, _ := f.Data.Get("json_error_code")
		if ok || f.Status != 400 || f.Code != "rest_invalid_json" || got != want {
			t.Errorf("body %.12q: got %+v, want error %d", body, f, want)
		}
	}
}

func TestReadParams_tooLarge(t *testing.T) {
	if _, f, ok := readBody(t, "/", "text/plain", strings.Repeat("x", maxBody+1)); ok || f.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("readBody: got %v %+v, want false and status %d", ok, f, http.StatusRequestEntityTooLarge)
	}
	r := httptest.NewRequest("POST", "/", nil)
	r.Body = http.MaxBytesReader(httptest.NewRecorder(), http.NoBody, 0)
	if _, f, ok := ReadParams(r); !ok {
		t.Errorf("an empty body within a limit is refused: %+v", f)
	}
}

func TestParams_answers(t *testing.T) {
	p, _, _ := readBody(t, "/?q=1", "application/json", `{"username":"u","code":"1","list":["x"],"n":7}`)
	want := map[string]string{"code": "1", "n": "7"}
	if diff := cmp.Diff(want, p.Answers("username")); diff != "" {
		t.Error(diff)
	}
}

func FuzzReadParams(f *testing.F) {
	f.Add("application/json", `{"a":[1,{"b":null}]}`)
	f.Add("application/x-www-form-urlencoded", "a=1&b[]=%zz&=&&a%00=+")
	f.Add("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n--x--\r\n")
	f.Add("application/json", strings.Repeat(`{"a":`, 511)+"1"+strings.Repeat("}", 511))
	f.Fuzz(func(t *testing.T, contentType, body string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		p, refusal, ok := ReadParams(r)
		if ok == (refusal.Status != 0) {
			t.Fatalf("ok %v with %+v", ok, refusal)
		}
		p.Text("a")
		for name, value := range p.Answers() {
			if isJSON(contentType) && !utf8.ValidString(name+value) {
				t.Errorf("%q: %q is no UTF-8 out of JSON", name, value)
			}
		}
	})
}

// TestReadParams_refused: a request that is too large is refused as by the plugin, and
// never treated as one without parameters.
func TestReadParams_refused(t *testing.T) {
	const json = "application/json"
	busy := &api.Error{Code: api.Unavailable, Reason: "busy", Public: "try again", RetryAfter: time.Second}
	for name, c := range map[string]struct {
		body   io.Reader
		status int
		retry  time.Duration
	}{
		"as many values as are read": {strings.NewReader(`{"a":[` + strings.Repeat("1,", maxJSONValues-3) + `1]}`), 0, 0},
		"more values":                {strings.NewReader(`{"a":[` + strings.Repeat("1,", maxJSONValues-1) + `1]}`), 413, 0},
		"more lists":                 {strings.NewReader(`{"a":[` + strings.Repeat("[],", maxJSONValues) + `1]}`), 413, 0},
		"more members":               {strings.NewReader(`{` + strings.Repeat(`"a":1,`, maxJSONValues) + `"b":1}`), 413, 0},
		"commas in a text":           {strings.NewReader(`{"a":"` + strings.Repeat(`\",[`, maxJSONValues) + `"}`), 0, 0},
		"a long body":                {strings.NewReader(strings.Repeat(" ", maxBody+1)), 413, 0},
		"no memory":                  {iotest.ErrReader(busy), 503, time.Second},
		"no memory for all":          {io.MultiReader(strings.NewReader("{}"), iotest.ErrReader(busy)), 503, time.Second},
		"a client that goes away":    {io.MultiReader(strings.NewReader("{}"), iotest.ErrReader(io.ErrUnexpectedEOF)), 400, 0},
	} {
		r := httptest.NewRequest("POST", "/?a=1", c.body)
		r.Header.Set("Content-Type", json)
		_, f, ok := ReadParams(r)
		if ok != (c.status == 0) || f.Status != c.status || f.RetryAfter != c.retry {
			t.Errorf("%s: %v %d, again after %s", name, ok, f.Status, f.RetryAfter)
		}
	}
}
