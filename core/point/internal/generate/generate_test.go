package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../../../.."

// TestGenerated: the generated files are up to date.
func TestGenerated(t *testing.T) {
	c, err := parse(filepath.Join(root, "core/point"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := c.files()
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 3 {
		t.Errorf("%d files, want 3", len(files))
	}
	for path, want := range files {
		got, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s is stale: run make generate", path)
		}
	}
}

// TestParse: a new point is a field and a type with tags.
func TestParse(t *testing.T) {
	for name, tc := range map[string]struct {
		point, value, more string
		want               string // in one of the files, or the error
	}{
		"filter": {
			"New *hooks.Filter[Value] `point:\"new-point\"`", "Text string `key:\"text,write\"`", "",
			`{Name: "new-point", Filter: true, Keys: valueKeys()}`,
		},
		"enriching filter": {
			"New *hooks.Filter[Value] `point:\"new-point,enrich\"`", "Text string `key:\"text\"`", "",
			`{Name: "new-point", Filter: true, Enrich: true, Keys: valueKeys()}`,
		},
		"action": {"New *hooks.Action[Value] `point:\"new-point\"`", "Text string `key:\"text\"`", "", `hooks.NewAction[Value]("new-point").WithView(valueView())`},
		"right":  {"New *hooks.Filter[Value] `point:\"p\"`", "N int64 `key:\"n,write,right=x.y\"`", "", `{Name: "n", Type: Int, Write: true, Wants: "x.y"}`},
		"right of view": {
			"New *hooks.Filter[Value] `point:\"p\"`", "N int64 `key:\"n,write,right=x.y\"`", "", `view.Wants("x.y", view.NumberVar("n"`,
		},
		"right by hand": {"New *hooks.Filter[Value] `point:\"p\"`", "N complex128 `key:\"n,int,write,right=x.y\"`", "", `view.Wants("x.y", valueN())`},
		"enrich, view":  {"New *hooks.Filter[Value] `point:\"p,enrich\"`", "N int64 `key:\"n\"`", "", `("p").WithView(valueView()).WithEnrich()`},
		"added":         {"New *hooks.Filter[Value] `point:\"p\"`\nown []string", "N int64 `key:\"n\"`", "", `NewFilter[Value]("p")`},
		"by hand":       {"New *hooks.Filter[Value] `point:\"p\"`", "N complex128 `key:\"some.n,json\"`", "", `valueSomeN()`},
		"second key":    {"New *hooks.Filter[Value] `point:\"p\"`", "N int64 `key:\"n; twice_n,int\"`", "", `valueTwiceN()`},
		"copied":        {"New *hooks.Filter[Value] `point:\"p\"`", "L []string `key:\"l\"`", "", `WithCopy(Value.copied)`},
		"not copied":    {"New *hooks.Action[Value] `point:\"p\"`", "L []string `key:\"l\"`", "", `WithView(valueView()),`},
		"narrower":      {"New *hooks.Filter[Value] `point:\"p\"`", "N int64 `key:\"n\"`", "func valueNarrower() {}", `.Guarded(valueNarrower)`},
		"no name":       {"New *hooks.Filter[Value]", "N int64 `key:\"n\"`", "", `error: field Hooks.New: must be`},
		"no point":      {"New string `point:\"p\"`", "N int64 `key:\"n\"`", "", `error: field Hooks.New: must be`},
		"unknown type":  {"New *hooks.Filter[Other] `point:\"p\"`", "N int64 `key:\"n\"`", "", `error: field Hooks.New: Other is not a struct`},
		"bad option":    {"New *hooks.Filter[Value] `point:\"p\"`", "N int64 `key:\"n,wrote\"`", "", `error: Value.N: key "n": unknown option "wrote"`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range map[string]string{
				"hooks.go": "type Hooks struct {\n" + tc.point + "\n}", "values.go": "type Value struct {\n" + tc.value + "\n}", "narrower.go": tc.more,
			} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte("package point\n"+text+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if got := generated(dir); !strings.Contains(got, tc.want) {
				t.Errorf("%s\nwant %s", got, tc.want)
			}
		})
	}
}

func generated(dir string) string {
	c, err := parse(dir)
	if err != nil {
		return "error: " + err.Error()
	}
	files, err := c.files()
	if err != nil {
		return "error: " + err.Error()
	}
	return string(bytes.Join([][]byte{files["core/point/catalogue.go"], files["plugins/abi/points.go"]}, nil))
}
