package ijson_test

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/ijson"
	"github.com/cardea-auth/cardea/core/token"
)

// TestSuite: all our readers refuse invalid JSON (RFC 8259), using the JSONTestSuite of
// Nicolas Seriot (2024-11-22, MIT). They accept valid JSON unless it is not I-JSON.
func TestSuite(t *testing.T) {
	f, err := os.Open("testdata/jsontestsuite/parsing.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	readers := map[string]func([]byte) error{
		"ijson": func(data []byte) error { var v any; return ijson.Decode(data, &v) },
		"token": func(data []byte) error { _, err := token.ParseValue(string(data)); return err },
	}
	tried := 0
	try := func(name string, text []byte, good bool) {
		for reader, read := range readers {
			if err := read(text); (err == nil) != good {
				t.Errorf("%s reads %s (%.80q): %v", reader, name, text, err)
			}
		}
		tried++
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row struct {
			Name string `json:"name"`
			Text []byte `json:"text"`
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		try(row.Name, row.Text, strings.HasPrefix(row.Name, "y_") && !notIJSON()[row.Name])
	}
	try("100,000 opening arrays", []byte(strings.Repeat("[", 100_000)), false)
	try("50,000 arrays and objects", []byte(strings.Repeat(`[{"":`, 50_000)), false)
	for _, text := range []string{`"\q"`, `{"a":1,}`, `[1,]`, `{"a":1 "b":2}`, `{"a"}`, `{a:1}`, `01`, `+1`, `.5`, `1.`, `1e`, `-`, `"\u12"`, "\"\x00\"", "\"\x1f\"", `'a'`, `nul`, `True`, ``, ` `, `1 2`} {
		try(text, []byte(text), false)
	}
	if tried < 280 {
		t.Errorf("%d rows were tried", tried)
	}
}

// notIJSON are the rows that RFC 8259 allows and RFC 7493 does not.
func notIJSON() map[string]bool {
	return map[string]bool{
		"y_object_duplicated_key": true, "y_object_duplicated_key_and_value": true,
	}
}
