package plugincmd

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/catalogue"
	"github.com/cardea-auth/cardea/plugins/manifest"
	"github.com/cardea-auth/cardea/plugins/plugintest"
	"github.com/cardea-auth/cardea/plugins/sdk"
)

// project is a plugin on disk: a directory with sources, manifest and vectors, or a module.
type project struct {
	dir      string
	name     string
	wasm     string // path of the module, which may not be built yet
	vectors  string // path of its vectors, which may not exist
	manifest manifest.Manifest
	text     []byte        // the manifest as stored beside or inside the module; nil if there is none
	language *sdk.Language // nil if there are no sources
	points   []hooks.Point // the program's own, in addition to those of plugins/abi
	own      []abi.Point   // their descriptions for plugins
}

// presentPlugin returns the default PATH: the current directory or, if it has no manifest,
// its only subdirectory with one, as after `cardea plugin new`.
func presentPlugin() string {
	if name, _, err := findManifest("."); err == nil || name != "" {
		return "."
	}
	below, err := filepath.Glob("*/*.json")
	if err != nil {
		return "."
	}
	found := map[string]bool{}
	for _, file := range below {
		if data, err := files.Read(file, maxModule); err == nil && looksLikeManifest(data) {
			found[filepath.Dir(file)] = true
		}
	}
	if len(found) != 1 {
		return "."
	}
	return slices.Collect(maps.Keys(found))[0]
}

// openProject finds the plugin at path. The plugin may have hooks for the program's own
// points.
func openProject(path string, points ...hooks.Point) (project, error) {
	own, err := catalogue.Of(points)
	if err != nil {
		return project{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return project{}, fmt.Errorf("%w: give a plugin's directory or a .wasm file; `cardea plugin new --lang go NAME` creates one", err)
	}
	if !info.IsDir() {
		if err := checkModule(path); err != nil {
			return project{}, err
		}
		return moduleProject(project{dir: filepath.Dir(path), wasm: path, points: points, own: own})
	}
	p := project{dir: path, points: points, own: own}
	if p.name, p.text, err = findManifest(path); err != nil {
		return p, err
	}
	if p.manifest, err = manifest.Parse(p.text, own...); err != nil {
		return p, fmt.Errorf("%s: %w", filepath.Join(path, p.name+".json"), err)
	}
	p.wasm = filepath.Join(path, p.name+".wasm")
	p.vectors = filepath.Join(path, "testdata", "vectors.json")
	lang, err := sdk.Detect(path)
	if err == nil {
		p.language = &lang
		return p, nil
	}
	if _, missing := os.Stat(p.wasm); missing == nil {
		return p, nil // a module without sources
	}
	return p, err
}

// moduleProject completes the project of a module, with its manifest if it has one.
func moduleProject(p project) (project, error) {
	p.name = strings.TrimSuffix(filepath.Base(p.wasm), filepath.Ext(p.wasm))
	p.vectors = filepath.Join(p.dir, "testdata", "vectors.json")
	text, err := files.Read(filepath.Join(p.dir, p.name+".json"), maxModule)
	if errors.Is(err, os.ErrNotExist) {
		text, err = innerManifest(p.wasm)
	}
	if err != nil {
		return p, err
	}
	if text == nil {
		p.manifest.Grants = manifest.Grants{Read: []string{"*"}, Write: []string{"*"}}
		return p, nil
	}
	p.text = text
	p.manifest, err = manifest.Parse(text, p.own...)
	return p, err
}

// checkModule checks a file's first bytes, so that a wrong file is reported before other
// errors.
func checkModule(file string) error {
	f, err := files.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	const magic = "\x00asm"
	head, err := io.ReadAll(io.LimitReader(f, int64(len(magic))))
	switch {
	case err != nil || string(head) == magic:
		return err
	case filepath.Ext(file) == ".wasm":
		return fmt.Errorf("%s is not a WebAssembly module: build it again, or give the plugin's directory", file)
	}
	return fmt.Errorf("%s is neither a WebAssembly module (.wasm) nor a plugin's directory: give one of them; `cardea plugin new --lang go NAME` creates a plugin", file)
}

// maxModule is the maximum size of a module and of each of its files, in bytes.
const maxModule = 256 << 20

// innerManifest returns the manifest inside a module, or nil if it has none.
func innerManifest(file string) ([]byte, error) {
	module, err := files.Read(file, maxModule)
	return manifest.Inner(module), err
}

// findManifest finds the one JSON file in dir that looks like a manifest.
func findManifest(dir string) (name string, text []byte, err error) {
	found, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return "", nil, err
	}
	for _, file := range found {
		data, err := files.Read(file, maxModule)
		if err != nil {
			return "", nil, err
		}
		if !looksLikeManifest(data) {
			continue
		}
		if text != nil {
			return "", nil, fmt.Errorf("%s has two manifests, %s.json and %s: a directory holds one plugin", dir, name, filepath.Base(file))
		}
		name, text = strings.TrimSuffix(filepath.Base(file), ".json"), data
	}
	if text == nil {
		return "", nil, fmt.Errorf("%s has %w", dir, errNoManifest)
	}
	return name, text, nil
}

var errNoManifest = errors.New("no manifest, which is NAME.json with \"hooks\" and \"abi\": `cardea plugin new --lang go NAME` creates a plugin with one")

// looksLikeManifest tells manifests, including invalid ones, from other files such as
// package.json.
func looksLikeManifest(data []byte) bool {
	var m map[string]json.RawMessage
	if json.Unmarshal(data, &m) != nil {
		return strings.Contains(string(data), `"hooks"`) && strings.Contains(string(data), `"abi"`)
	}
	return m["hooks"] != nil && m["abi"] != nil
}

// build compiles the sources, if there are any.
func (p project) build(ctx context.Context) error {
	if p.language == nil {
		return nil
	}
	return p.language.Build(ctx, p.dir, p.wasm)
}

// module reads the module and its manifest.
func (p project) module() (plugintest.Module, error) {
	wasm, err := files.Read(p.wasm, maxModule)
	if errors.Is(err, os.ErrNotExist) {
		return plugintest.Module{}, fmt.Errorf("%w: build it first: cardea plugin build %s", err, p.dir)
	}
	return plugintest.Module{Wasm: wasm, Manifest: p.text}, err
}

// spec returns a spec that grants the plugin everything that it asks for.
func (p project) spec() (plugins.Spec, error) {
	m, err := p.module()
	return plugins.Spec{
		Name: p.name, Module: m.Wasm, Manifest: m.Manifest, SHA256: digestOf(m.Wasm),
		Grants: p.manifest.Grants, Config: p.sampleConfig(), Secrets: p.sampleSecrets(),
	}, err
}

// sampleConfig returns a configuration that the plugin accepts: the default of its vectors,
// if any.
func (p project) sampleConfig() map[string]string {
	file, err := plugintest.Read(p.vectors, p.own...)
	if err != nil {
		return nil
	}
	return file.Defaults.ConfigText()
}

// sampleSecrets returns a value for each secret that the plugin asks for, from its vectors
// if possible, so that it can be loaded.
func (p project) sampleSecrets() map[string]api.Secret {
	out := map[string]api.Secret{}
	file, err := plugintest.Read(p.vectors, p.own...)
	for _, name := range p.manifest.Grants.Secrets {
		out[name] = "sample"
		if text, ok := file.Defaults.Secrets[name]; ok && err == nil {
			out[name] = api.Secret(text)
		}
	}
	return out
}

func digestOf(module []byte) string {
	sum := sha256.Sum256(module)
	return hex.EncodeToString(sum[:])
}
