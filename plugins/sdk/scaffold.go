package sdk

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"github.com/cardea-auth/cardea/plugins/abi"
)

// Files for new plugins.
var (
	//go:embed all:templates
	templates embed.FS
	//go:embed go/*.go c/cardea_hook.h assemblyscript/cardea.ts rust/cardea.rs
	sources embed.FS
)

var namePattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$`)

// New writes a new plugin into dir, which must be absent or empty. The result builds and
// passes its vectors without changes.
func New(lang, name, dir string) error {
	if _, err := Lookup(lang); err != nil {
		return err
	}
	if !namePattern.MatchString(name) {
		return fmt.Errorf("the name %q: use lower-case letters, digits and hyphens, at most 64", name)
	}
	files, err := scaffold(lang, name)
	if err != nil {
		return err
	}
	if err := mustBeEmpty(dir); err != nil {
		return err
	}
	for file, text := range files {
		if err := write(filepath.Join(dir, filepath.FromSlash(file)), text); err != nil {
			return err
		}
	}
	return nil
}

func mustBeEmpty(dir string) error {
	list, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil && len(list) > 0 {
		return fmt.Errorf("%s exists and is not empty: choose another name, or another place with --dir", dir)
	}
	return err
}

func write(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}

// scaffold returns the files of a new plugin by slash-separated path.
func scaffold(lang, name string) (map[string][]byte, error) {
	files := map[string][]byte{}
	root := path.Join("templates", lang)
	err := fs.WalkDir(templates, root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return addTemplate(files, name, root, file)
	})
	if err != nil {
		return nil, err
	}
	return files, addSDK(files, lang, name)
}

// addTemplate executes a template; NAME in a path is replaced by the plugin's name.
func addTemplate(files map[string][]byte, name, root, file string) error {
	text, err := templates.ReadFile(file)
	if err != nil {
		return err
	}
	t, err := template.New(file).Delims("<<", ">>").Option("missingkey=error").Parse(string(text))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{"Name": name, "Major": abi.Major, "Minor": abi.Minor})
	to := strings.TrimSuffix(strings.TrimPrefix(file, root+"/"), ".tmpl")
	files[strings.ReplaceAll(to, "NAME", name)] = b.Bytes()
	return err
}

// modulePath returns the module path of a new Go plugin; the author may change it.
func modulePath(name string) string { return "example.com/" + name }

// addSDK copies the language's SDK. The Go SDK becomes a package of the new module, with
// adjusted imports.
func addSDK(files map[string][]byte, lang, name string) error {
	switch lang {
	case "c":
		return copySDK(files, sources, "c", "", nil)
	case "assemblyscript":
		return copySDK(files, sources, lang, "assembly", nil)
	case "rust":
		return copySDK(files, sources, lang, "src", nil)
	case "go":
		const from = "github.com/cardea-auth/cardea/plugins/abi"
		imports := strings.NewReplacer(`"`+from+`"`, `"`+modulePath(name)+`/internal/abi"`,
			`"github.com/cardea-auth/cardea/plugins/sdk/go"`, `"`+modulePath(name)+`/internal/hook"`)
		return errors.Join(
			copySDK(files, sources, "go", "internal/hook", imports),
			copySDK(files, abi.Source(), ".", "internal/abi", imports),
		)
	}
	return nil
}

func copySDK(files map[string][]byte, from fs.FS, dir, to string, imports *strings.Replacer) error {
	list, err := fs.ReadDir(from, dir)
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.IsDir() || strings.HasSuffix(d.Name(), "_test.go") {
			continue
		}
		text, err := fs.ReadFile(from, path.Join(dir, d.Name()))
		if err != nil {
			return err
		}
		if imports != nil {
			text = []byte(imports.Replace(string(text)))
		}
		files[path.Join(to, d.Name())] = text
	}
	return nil
}

// Header returns the C header, for sources that have no copy beside them.
func Header() []byte {
	text, err := sources.ReadFile("c/cardea_hook.h")
	if err != nil {
		panic(err) // it is embedded
	}
	return text
}
