package samples

import (
	"encoding/json"
	"strings"
	"text/template"
)

// functions returns what a language's template can call: q quotes a text, path reads a
// member of a decoded JSON answer, and last returns the last name of a path.
func functions(language string) template.FuncMap {
	quote := map[string]func(string) string{
		"curl": shellText, "fetch": jsonText, "php": phpText, "python": jsonText, "dart": dartText,
	}[language]
	return template.FuncMap{
		"q": quote,
		"path": func(names []string) string {
			var out strings.Builder
			for _, name := range names {
				out.WriteString("[" + quote(name) + "]")
			}
			return out.String()
		},
		"last": func(names []string) string { return names[len(names)-1] },
	}
}

func shellText(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// jsonText returns a JSON string, which JavaScript and Python read, too.
func jsonText(text string) string {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if e.Encode(text) != nil { // cannot happen: a string
		return `""`
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func phpText(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

// dartText also escapes the dollar, which begins an expression there.
func dartText(text string) string { return strings.ReplaceAll(jsonText(text), "$", `\$`) }
