package wordpress

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParsePHP(t *testing.T) {
	for text, want := range map[string]any{
		`N;`:           nil,
		`b:1;`:         true,
		`i:-7;`:        int64(-7),
		`d:0.5;`:       0.5,
		`s:3:"a"b";`:   `a"b`,
		`s:4:"ü;}";`:   "ü;}",
		`a:0:{}`:       []entry(nil),
		`a:1:{i:0;N;}`: []entry{{"0", nil}},
		`a:2:{s:6:"editor";b:1;s:4:"shop";a:1:{i:5;s:0:"";}}`: []entry{
			{"editor", true}, {"shop", []entry{{"5", ""}}},
		},
	} {
		got, err := parsePHP(text)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(entry{})); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", text, err, diff)
		}
	}
}

func TestParsePHP_refused(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":            "",
		"plain text":         "administrator",
		"object":             `O:8:"stdClass":0:{}`,
		"object with own":    `C:1:"A":0:{}`,
		"reference":          `a:2:{i:0;b:1;i:1;R:2;}`,
		"after the end":      `b:1;b:1;`,
		"boolean":            `b:2;`,
		"plus":               `i:+1;`,
		"leading zero":       `i:01;`,
		"too long a text":    `s:9:"editor";`,
		"too short a text":   `s:5:"editor";`,
		"negative length":    `s:-1:"";`,
		"text to the end":    `s:2:"a`,
		"too few elements":   `a:2:{i:0;b:1;}`,
		"too many elements":  `a:1:{i:0;b:1;i:1;b:1;}`,
		"huge array":         `a:2000000000:{}`,
		"array as key":       `a:1:{a:0:{}b:1;}`,
		"boolean as key":     `a:1:{b:1;b:1;}`,
		"key twice":          `a:2:{s:1:"a";b:1;s:1:"a";b:0;}`,
		"key twice by value": `a:2:{s:1:"1";b:1;i:1;b:0;}`,
		"deep":               strings.Repeat("a:1:{i:0;", 9) + "N;" + strings.Repeat("}", 9),
		"large":              `s:1048577:"` + strings.Repeat("x", 1<<20+1) + `";`,
	} {
		if got, err := parsePHP(text); err == nil {
			t.Errorf("%s: got %v, want an error", name, got)
		}
	}
}

func FuzzParsePHP(f *testing.F) {
	f.Add(`a:1:{s:13:"administrator";b:1;}`)
	f.Add(`a:1:{i:0;a:2:{s:4:"uuid";s:1:"x";s:9:"last_used";N;}}`)
	f.Fuzz(func(t *testing.T, text string) {
		v, err := parsePHP(text)
		if err != nil && v != nil {
			t.Errorf("%q: a value %v with an error %v", text, v, err)
		}
		truth(v)
	})
}
