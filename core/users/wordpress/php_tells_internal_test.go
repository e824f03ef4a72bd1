package wordpress

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// TestParsePHP_tells: errors name the fault in a serialised value and its offset.
func TestParsePHP_tells(t *testing.T) {
	longest := func(bytes int) string {
		n := bytes - len(`s:1048000:"";`)
		return fmt.Sprintf(`s:%d:"%s";`, n, strings.Repeat("x", n))
	}
	deep := func(n int) string { return strings.Repeat("a:1:{i:0;", n) + "N;" + strings.Repeat("}", n) }
	for text, want := range map[string]string{
		"": "a value must begin", "b": "a value must begin", "b;": "a value must begin", "x:1;": `type 'x' is not read`, "O:1:": `type 'O'`, "b:1": "a boolean is 0 or 1", "b:2;": "a boolean", "b:;": "a boolean",
		"i:1": `no ';'`, "i:;": "not a decimal integer", "i:x;": "not a decimal integer", "i:-0;": "not a decimal integer", "i:9223372036854775808;": "not a decimal integer", "d:1": `no ';'`, "d:x;": "not a number", "d:;": "not a number",
		`s:1`: `no ':'`, `s:x:"a";`: "not a decimal", `s:-1:"";`: "of that length does not follow", `s:1:a";`: "does not follow", `s:9:"a";`: "does not follow", `s:2:"a"`: "does not end where", `s:3:"a";`: "does not end where", `s:5:"a";`: "does not follow", `s:1:"ab";`: "does not end where", `s:4:"a";`: "of that length does not follow",
		`a:1`: `no ':'`, `a:x:{}`: "not a decimal", `a:-1:{}`: "more than 8 levels or 20000 elements", `a:20001:{}`: "more than 8 levels", `a:0:`: "an array has no {", `a:0:}`: "an array has no {", `a:0:{`: "an array has no }", `a:0:{i:0;N;}`: "an array has no }",
		`a:1:{}`: "a value must begin", `a:1:{i:0;}`: "a value must begin", `a:1:{N;N;}`: "a key is neither", `a:1:{d:1;N;}`: "a key is neither", `a:1:{a:0:{}N;}`: "more than 8 levels", `a:2:{i:0;N;i:0;N;}`: "a key twice", `a:2:{i:0;N;s:1:"0";N;}`: "a key twice",
		`N;N;`: "at byte 2: text after the end", `N`: "a value must begin", deep(8): "", deep(9): "more than 8 levels", `a:2:{i:0;a:19999:{}i:1;N;}`: "more than 8 levels or 20000 elements",
		longest(maxText): "", longest(maxText + 1): "serialised value has 1048577 bytes", strings.Repeat("x", maxText+1): "serialised value has 1048577 bytes",
	} {
		_, err := parsePHP(text)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: got %v, want %q", text, err, want)
		}
	}
	for text, want := range map[string]bool{
		"b:1;": true, "b:0;": false, "i:1;": true, "i:0;": false, "i:-1;": true, "d:0.5;": true, "d:0;": false, `s:1:"a";`: true, `s:1:"0";`: false, `s:0:"";`: false, `s:2:"00";`: true, "N;": false, "a:0:{}": false, "a:1:{i:0;N;}": true,
	} {
		if v, err := parsePHP(text); err != nil || truth(v) != want {
			t.Errorf("%s is true: want %v (%v)", text, want, err)
		}
	}
}

// TestReadApplications reads application passwords and skips invalid entries.
func TestReadApplications(t *testing.T) {
	one := `a:6:{s:4:"uuid";s:1:"u";s:6:"app_id";s:1:"a";s:4:"name";s:1:"n";s:8:"password";s:2:"$x";s:7:"created";i:60;s:9:"last_used";N;}`
	list, err := readApplications(`a:2:{i:0;` + one + `i:1;a:0:{}}`)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	if a := list[0]; a.UUID != "u" || a.AppID != "a" || a.Name != "n" || !a.Created.Equal(time.Unix(60, 0)) || a.hash != users.WordPress("$x") {
		t.Errorf("got %+v, want application n of app a, 60 s after the epoch", a)
	}
	if list[1] != (ApplicationPassword{}) {
		t.Errorf("got %+v of nothing", list[1])
	}
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "i:%d;a:0:{}", i)
		}
		return fmt.Sprintf("a:%d:{%s}", n, b.String())
	}
	for text, want := range map[string]string{many(100): "", many(101): "not an array of at most 100", "b:1;": "not an array of at most 100", `a:1:{i:0;b:1;}`: "an element is not an array", "x": "a value must begin", `a:1:{i:0;N;}`: "an element is not"} {
		if _, err := readApplications(text); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.30s: got %v, want %q", text, err, want)
		}
	}
	for typed, want := range map[api.Secret]api.Secret{"abcd EFGH 1234": "abcdEFGH1234", "a-z_A.Z/0:9@[`{": "azAZ09", "é": ""} {
		if got := bare(typed); got != want {
			t.Errorf("bare(%q) = %q, want %q", typed.Reveal(), got.Reveal(), want.Reveal())
		}
	}
}
