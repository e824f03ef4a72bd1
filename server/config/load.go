package config

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/server/config/internal/environ"
	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

// LoadOptions configures [Load] and [Inspect].
type LoadOptions struct {
	// Path is the configuration file. Empty: ./cardea.yaml if it exists, else
	// cardea.yaml in the data directory, where 'cardea dev' keeps its profile.
	Path string
	// Env is the environment in the form of os.Environ; nil is empty.
	Env []string
	// Types lists the known methods and dialects.
	Types Types
	// Required makes a missing file an error. Without it the defaults and the
	// environment are enough.
	Required bool
}

// Load reads the file and the environment, reads the files that _file settings name, and
// validates the result. The error is an *Error with every mistake, unless the
// configuration file is missing or unreadable, or opts.Types is invalid.
func Load(opts LoadOptions) (*Config, *Provenance, error) {
	cfg, prov, found, err := Inspect(opts)
	if err == nil {
		err = found.Err()
	}
	if err != nil {
		return nil, nil, err
	}
	return cfg, prov, nil
}

// Inspect is like Load but returns the configuration together with its problems, for
// commands that show both. Settings that cannot be parsed keep their defaults. The Config
// is nil if the file is not valid YAML.
func Inspect(opts LoadOptions) (*Config, *Provenance, Problems, error) {
	if err := opts.Types.check(); err != nil {
		return nil, nil, nil, err
	}
	path, err := locate(opts)
	if err != nil {
		return nil, nil, nil, err
	}
	l := loader{types: opts.Types, prov: newProvenance(path), read: readFile}
	var data []byte
	if path != "" {
		if data, l.exposed, err = readFile(path, maxFile); err != nil {
			return nil, nil, nil, fmt.Errorf("read configuration: %w%s", err, files.Cure(err))
		}
	}
	cfg := l.inspect(data, opts.Env)
	if path != "" && cfg != nil && !l.prov.hasFile() {
		l.prov.Warnings = append(l.prov.Warnings, path+" sets nothing, so only defaults and the environment apply: write settings, or remove the file")
	}
	return cfg, l.prov, l.problems, nil
}

// loader is the state of one Inspect call. read reads a file.
type loader struct {
	types    Types
	prov     *Provenance
	problems Problems
	exposed  bool // whether every user of the machine can read the file
	read     func(path string, limit int64) (data []byte, exposed bool, err error)
}

// inspect returns nil if the file is not valid YAML.
func (l *loader) inspect(data []byte, env []string) *Config {
	// 1. Defaults, overridden by the file, overridden by the environment.
	top := l.types.lists().Blank(reflect.TypeFor[Config]())
	r := &tree.Reader{Lists: l.types.lists(), Report: l, Root: top.Type()}
	readable := r.Read(data, top)
	environ.Read(env, top, l)
	if !readable {
		return nil
	}
	cfg := top.Interface().(Config)
	complete(&cfg)
	// 2. Relative paths and secret files.
	further := loader{prov: l.prov, read: l.read, exposed: l.exposed}
	tree.Visit(reflect.ValueOf(&cfg).Elem(), "", further.resolve)
	tree.Visit(reflect.ValueOf(&cfg).Elem(), "", further.secret)
	// 3. Validation.
	l.problems = l.problems.With(further.problems).With(check(cfg, l.types))
	l.prov.PlaceAll(l.problems)
	return &cfg
}

// Found implements [tree.Report].
func (l *loader) Found(key string, at tree.Place) { l.prov.set(key, l.origin(at)) }

// Wrong implements [tree.Report].
func (l *loader) Wrong(key string, at tree.Place, text string) {
	l.problems.add(key, l.origin(at), "%s", text)
}

// SetBy implements [environ.Report].
func (l *loader) SetBy(key, variable string) { l.prov.set(key, Origin{Env: variable}) }

// WrongIn implements [environ.Report].
func (l *loader) WrongIn(key, variable, text string) {
	l.problems.add(key, Origin{Env: variable}, "%s", text)
}

func (l *loader) origin(at tree.Place) Origin {
	return Origin{File: l.prov.File, Line: at.Line, Column: at.Column}
}

// resolve makes a relative path from the file relative to the file's directory.
func (l *loader) resolve(s tree.Setting) {
	name := s.Value.String()
	if !s.Path || name == "" || filepath.IsAbs(name) || strings.HasPrefix(name, BuiltinPlugin) {
		return
	}
	if l.prov.Of(s.Name).File != "" {
		s.Set(reflect.ValueOf(filepath.Join(filepath.Dir(l.prov.File), name)))
	}
}

// storePath is a setting that may be a secret, but is a path with every driver that there is.
const storePath = "store.dsn"

// secret sets a secret from the file that its _file setting names.
func (l *loader) secret(s tree.Setting) {
	if s.Value.Type() != tree.SecretType {
		return
	}
	twin, ok := tree.FieldOf(s.Owner.Type(), s.Key+tree.FileTwin)
	if !ok {
		return
	}
	path := s.Owner.FieldByIndex(twin.Index).String()
	switch {
	case path == "":
		if s.Value.Len() > 0 && s.Name != storePath && l.exposed && l.prov.Of(s.Name).File != "" {
			l.prov.warn(s.Name, "is a secret, and every user of this machine can read %s: chmod 600 it, or put the secret in a file", l.prov.File)
		}
	case s.Value.Len() > 0:
		l.problems.add(s.Name, Origin{}, "is set, and so is %s_file (%s): keep one", s.Name, l.prov.Of(s.Name+tree.FileTwin))
	default:
		s.Set(reflect.ValueOf(l.secretFile(s.Name+tree.FileTwin, path)))
		l.prov.set(s.Name, l.prov.Of(s.Name+tree.FileTwin))
	}
}

// maxFile bounds the configuration file in bytes.
const maxFile = 1 << 20

// maxSecret bounds a secret file in bytes.
const maxSecret = 64 << 10

func (l *loader) secretFile(key, path string) api.Secret {
	data, exposed, err := l.read(path, maxSecret)
	if err != nil {
		l.problems.add(key, Origin{}, "%v%s", err, files.Cure(err))
		return ""
	}
	if exposed {
		l.prov.warn(key, "every user of this machine can read %s: chmod 600 it", path)
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if text == "" {
		l.problems.add(key, Origin{}, "%s is empty: put the secret in it", path)
	}
	return api.Secret(text)
}
