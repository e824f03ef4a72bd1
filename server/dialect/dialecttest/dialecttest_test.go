package dialecttest

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

func sign(t *testing.T, claims ...api.Claim) string {
	t.Helper()
	text, err := token.Sign([]api.Claim{{Name: "typ", Value: "JWT"}, {Name: "alg"}}, api.NewClaims(claims...),
		api.Key{Algorithm: "HS256", Private: []byte(Secret), Public: []byte(Secret)})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestDifferences(t *testing.T) {
	at := func(iat, exp int64, more ...api.Claim) string {
		return sign(t, append([]api.Claim{{Name: "iat", Value: iat}, {Name: "exp", Value: exp}}, more...)...)
	}
	answer := func(text string) string { return `{"token":"` + text + `","id":"1"}` }
	want := answer(at(100, 160))
	for name, c := range map[string]struct {
		status    int
		body      string
		complains string // "" for no difference
	}{
		"same":               {200, want, ""},
		"later, with jti":    {200, answer(at(300, 360, api.Claim{Name: "jti", Value: "x"})), ""},
		"allowed member":     {200, strings.Replace(want, "{", `{"extra":1,`, 1), ""},
		"other status":       {403, want, "status 403"},
		"other code":         {200, strings.Replace(want, "{", `{"code":"x",`, 1), `code "x"`},
		"other type":         {200, strings.Replace(want, `"1"`, "1", 1), "id is a number"},
		"member missing":     {200, strings.Replace(want, `,"id":"1"`, "", 1), "lacks id"},
		"member more":        {200, strings.Replace(want, "{", `{"more":1,`, 1), "has more besides"},
		"other lifetime":     {200, answer(at(300, 361)), "has the claims"},
		"other claim order":  {200, answer(sign(t, api.Claim{Name: "exp", Value: 160}, api.Claim{Name: "iat", Value: 100})), "has the claims"},
		"claim more":         {200, answer(at(100, 160, api.Claim{Name: "x", Value: 1})), "has the claims"},
		"no token":           {200, answer("opaque"), "is not a token"},
		"no JSON":            {200, "<html>", "not JSON"},
		"header not the one": {200, want, "header allow"},
	} {
		t.Run(name, func(t *testing.T) {
			row := Row{Response: Response{Status: 200, Body: json.RawMessage(want), Headers: map[string]Text{"allow": "POST"}}}
			got := httptest.NewRecorder()
			if name != "header not the one" {
				got.Header().Set("Allow", "POST")
			}
			got.WriteHeader(c.status)
			got.WriteString(c.body)
			faults := strings.Join(differences(row, got, Suite{Extra: []string{"extra"}}), "; ")
			if c.complains == "" && faults != "" || !strings.Contains(faults, c.complains) {
				t.Errorf("got %q, want %q", faults, c.complains)
			}
		})
	}
}

func TestMoments(t *testing.T) {
	reply := func(iat int64) Row {
		return Row{Response: Response{Body: json.RawMessage(`{"token":"` + sign(t, api.Claim{Name: "iat", Value: iat}) + `"}`)}}
	}
	none := Row{Response: Response{Body: json.RawMessage(`{}`)}}
	got := moments([]Row{none, reply(10), none, none, reply(16), none})
	if want := []int64{10, 10, 12, 14, 16, 16}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestLoad_badLine(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.jsonl")
	if err := os.WriteFile(name, []byte("{}\n{\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(name); err == nil || !strings.Contains(err.Error(), "x.jsonl:2") {
		t.Errorf("got %v, want an error that names the line", err)
	}
}

func TestRequest_headers(t *testing.T) {
	for _, headers := range []string{`{"A":" x "}`, `[["A"," x "],["A","y"]]`} {
		r, err := Request{Method: "GET", Path: "/p?q", Headers: json.RawMessage(headers)}.HTTP(Issuer)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Header["A"]; got[0] != "x" || r.RequestURI != "/p?q" {
			t.Errorf("got header %v of %s, want x of /p?q", got, r.RequestURI)
		}
	}
}

func TestCounts(t *testing.T) {
	n := &Counts{names: map[string]bool{}, different: map[fate][]string{}}
	for name, c := range map[string]struct {
		status    int
		same, own bool
	}{
		"a": {200, true, true}, "b": {200, true, false}, "safer": {403, false, true}, "c": {200, false, true}, "mute": {unheard, false, false},
	} {
		n.add(name, c.own, became(Deviation{Safer: name == "safer" || name == "mute"}, c.status, c.same))
	}
	if n.Agree() != 2 || n.Rows() != 5 || !slices.Equal(n.Unheard(), []string{"mute"}) {
		t.Errorf("got %d of %d, unheard %v; want 2 of 5 and mute", n.Agree(), n.Rows(), n.Unheard())
	}
	if want := (count{agrees: 1, refused: 1, other: 1}); n.own != want {
		t.Errorf("got %v, want %v", n.own, want)
	}
	all := n.own.plus(n.others)
	if share := all.share(); share < 0.66 || share > 0.67 {
		t.Errorf("got a share of %v, want 2 of 3", share)
	}
	if overall := all.overall(); overall != 0.4 {
		t.Errorf("got %v of all, want 2 of 5", overall)
	}
}

// TestUpstream: the site responds to the same client as recorded, and to unknown ones in a
// way that was never recorded.
func TestUpstream(t *testing.T) {
	row := func(method, path string, status int, body string) Row {
		return Row{Request: Request{Method: method, Path: path}, Response: Response{
			Status: status, Body: json.RawMessage(body), Headers: map[string]Text{"link": "<x>"},
		}}
	}
	me := row("GET", "/wp-json/wp/v2/users/me", 200, `{"id":3}`)
	nobody := row("GET", "/wp-json/wp/v2/users/me", 401, `{"code":"rest_not_logged_in"}`)
	refused := row("GET", "/wp-json/wp/v2/x", 403, `{"code":"jwt_auth_invalid_token"}`)
	faulty := row("GET", "/wp-json/wp/v2/bad", 400, `"a page"`)
	site := upstream{rows: []Row{me, nobody, refused, faulty}, row: nobody}
	for _, c := range []struct {
		method, target, user string
		status               int
	}{
		{"GET", "/wp-json/wp/v2/users/me", "sub1", 200},
		{"GET", "/wp-json/wp/v2/users/me", "", 401},
		{"GET", "/wp-json/wp/v2/users/me", "admin", 599},
		{"POST", "/wp-json/wp/v2/users/me", "sub1", 599},
		{"GET", "/?rest_route=/wp/v2/users/me", "sub1", 200},
		{"GET", "/wp-json/wp/v2/users/me?context=edit", "", 401},
		{"GET", "/wp-json/wp/v2/users/me?context=edit", "sub1", 599},
		{"GET", "/wp-json/wp/v2/bad", "", 599}, // the recorded fault belongs to another request
		{"GET", "/?rest_route=/WP/v2/users/me&x=1", "sub1", 599},
		{"GET", "/wp-json/wp/v2/users/m%65", "sub1", 599},
		{"GET", "/wp-json/wp/v2/x", "sub1", 599}, // the plugin answered, not WordPress
	} {
		r := httptest.NewRequest(c.method, c.target, nil)
		r.Header.Set(core.HeaderUser, c.user)
		got, err := site.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		if got.StatusCode != c.status || c.status != 599 && got.Header.Get("Link") != "<x>" {
			t.Errorf("%s %s as %q: got %d %v, want %d", c.method, c.target, c.user, got.StatusCode, got.Header, c.status)
		}
	}
}
