package samples

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/all"
)

var update = flag.Bool("update", false, "write the golden files")

// TestWrite_golden: what each language prints for a dialect of each kind. Those that need
// no compiler of their own are run in server/cli.
func TestWrite_golden(t *testing.T) {
	var sites []Site
	for _, name := range []string{"usefulteam", "cocart", "wpjwt"} {
		c, _ := dialect.ClientOf(all.Types(), name)
		sites = append(sites, Site{Name: name, URL: "https://shop.example.org", Client: c.Client})
	}
	sites[1].Header = "X-Site-Token"
	sites = append(sites, Site{Name: "forms", URL: "https://api.example.org", Client: formClient()})
	for _, language := range Languages() {
		var out bytes.Buffer
		if err := Write(&out, language, sites); err != nil {
			t.Fatal(err)
		}
		golden(t, "testdata/"+language+".golden", out.Bytes())
	}
	var out bytes.Buffer
	if err := Postman(&out, sites); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/postman.golden", out.Bytes())
}

// formClient is a client of a dialect of another maker: it takes forms and answers with text.
func formClient() dialect.Client {
	return dialect.Client{
		Plugin: "Another's", Login: dialect.Call{Method: "POST", Path: "/login"}, Form: true,
		UserField: "user", PasswordField: "pass", Try: dialect.Call{Method: "GET", Path: "/it's/$here"},
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; -update writes it\n%s", path, got)
	}
}

func TestWrite_unknown(t *testing.T) {
	if err := Write(&bytes.Buffer{}, "cobol", nil); err == nil || !strings.Contains(err.Error(), "choose one of curl, fetch") {
		t.Errorf("Write: got %v, want an error with %q", err, "choose one of curl, fetch")
	}
}

// TestQuote: no text ends the string that it is in, or begins an expression there.
func TestQuote(t *testing.T) {
	const text = `a'b"c\d$e{f}` + "\n"
	for language, want := range map[string]string{
		"curl": `'a'\''b"c\d$e{f}` + "\n'", "fetch": `"a'b\"c\\d$e{f}\n"`, "php": `'a\'b"c\\d$e{f}` + "\n'", "dart": `"a'b\"c\\d\$e{f}\n"`,
	} {
		if got := functions(language)["q"].(func(string) string)(text); got != want {
			t.Errorf("%s: got %s, want %s", language, got, want)
		}
	}
}
