package ijson_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/ijson"
)

type inner struct {
	Read []string `json:"read"`
}

type outer struct {
	Name   string          `json:"name"`
	Grants inner           `json:"grants"`
	More   *inner          `json:"more"`
	List   []inner         `json:"list"`
	Map    map[string]any  `json:"map"`
	Raw    json.RawMessage `json:"raw"`
	Plain  int
	hidden int
}

func TestDecode(t *testing.T) {
	deep := strings.Repeat("[", 200) + strings.Repeat("]", 200)
	for text, want := range map[string]string{
		`{"name":"a","grants":{"read":["x"]},"more":null,"list":[{"read":[]}],"map":{"a":{"b":1}},"raw":{"c":[1]},"Plain":1}`: "",
		` {"name":"\ud83d\ude00 \\ud800 \u00e9"} `: "",
		`{"map":{"A":1,"a":2}}`:                    "",

		`{"name":"a","name":"a"}`:                 `member "name" occurs twice`,
		`{"grants":{},"grants":{"read":["*"]}}`:   `member "grants" occurs twice`,
		`{"grants":{"read":[],"read":["*"]}}`:     `member "read" occurs twice`,
		`{"list":[{},{"read":[],"read":[]}]}`:     "twice",
		`{"map":{"a":1,"a":2}}`:                   "twice",
		`{"map":{"a":[{"b":1,"b":1}]}}`:           "twice",
		`{"raw":{"a":1,"\u0061":2}}`:              "twice",
		`{"Name":"a"}`:                            `unknown field "Name": it is written "name"`,
		`{"name":"a","NAME":"b"}`:                 `unknown field "NAME"`,
		`{"grants":{"Read":["*"]}}`:               `unknown field "Read": it is written "read"`,
		`{"more":{"READ":["*"]}}`:                 "unknown field",
		`{"list":[{"rea\u0064":[]},{"reaD":[]}]}`: "unknown field",
		`{"plain":1}`:                             `it is written "Plain"`,
		`{"hidden":1}`:                            "unknown field",
		`{"grant\u017f":{}}`:                      "unknown field", // folds to s
		`{"name":"\ud800"}`:                       "surrogate",
		`{"name":"\udc00\ud800"}`:                 "surrogate",
		`{"name":"\ud83d\ud83d\ude00"}`:           "surrogate",
		`{"\udc00":1}`:                            "surrogate",
		"{\"name\":\"\xff\"}":                     "UTF-8",
		`{"raw":1e400}`:                           "double",
		`{} {}`:                                   "more than one",
		`{}x`:                                     "more than one",
		`{"raw":` + deep + `}`:                    "nested",
		`{"name":"a"`:                             "ends before",
		``:                                        "ends before",
		`{"name":1}`:                              "cannot unmarshal",
		`[]`:                                      "cannot unmarshal",
		`{"list":[[{"read":[]},{"read":[],"read":[]}]]}`:       "twice",
		`{"map":{"a":"b"},"list":[{"read":["a","b"]}],"m":{}}`: "unknown field",
	} {
		var v outer
		err := ijson.Decode([]byte(text), &v)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
		_ = v.hidden
	}
}

// FuzzDecode: what Decode accepts equals what encoding/json reads, writes and reads again.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"name":"a","map":{"a":[1,"\ud83d\ude00"]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v outer
		if ijson.Decode(data, &v) != nil {
			return
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("%q cannot be written: %v", data, err)
		}
		var again outer
		if v.Raw != nil && json.Unmarshal(text, &again) != nil {
			t.Fatalf("%q was read as %s, which cannot be read", data, text)
		}
	})
}
