package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

const savedHeader = "# Kept by 'cardea dev'. You may change it; 'cardea config schema' describes every setting.\n"

// Save writes what differs from the defaults to path, so that Load returns the same
// configuration from any working directory. The file appears whole or not at all
// and only its owner may read it. A secret is never written: it must have its _file
// setting, and Save reports the one that lacks it.
func Save(path string, cfg Config) error {
	if err := cfg.Validate(); err != nil {
		return fmt.Errorf("save %s: %w", path, err)
	}
	portable, err := portableTo(path, cfg)
	if err != nil {
		return fmt.Errorf("save %s: %w", path, err)
	}
	e := encoder{
		keep: func(_ string, v, def reflect.Value) bool { return v.Type() != secretType && !same(v, def) },
		note: func(string) string { return "" },
	}
	out := bytes.NewBufferString(savedHeader)
	def := Default()
	root := e.section(reflect.ValueOf(portable), reflect.ValueOf(def), "")
	if err := write(out, root); err != nil {
		return fmt.Errorf("save %s: %w", path, err)
	}
	return replaceFile(path, out.Bytes())
}

func same(v, def reflect.Value) bool {
	if (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len()+def.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(v.Interface(), def.Interface())
}

// portableTo returns a copy whose file names start from the directory of the file
// to write, and refuses secrets that no file holds.
func portableTo(path string, cfg Config) (Config, error) {
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return cfg, err
	}
	var errs []error
	cfg = clone(cfg)
	visit(reflect.ValueOf(&cfg).Elem(), "", func(s setting) {
		switch {
		case s.typ == secretType && s.value.Len() > 0 && !hasFile(s):
			errs = append(errs, fmt.Errorf("%s: a secret is not written into the configuration: put it in a file and set %s_file", s.name, s.name))
		case s.path:
			errs = append(errs, relativeTo(dir, s))
		}
	})
	return cfg, errors.Join(errs...)
}

// clone copies the lists and mappings whose settings portableTo changes.
func clone(cfg Config) Config {
	cfg.Mounts = append([]Mount(nil), cfg.Mounts...)
	cfg.Plugins = append([]Plugin(nil), cfg.Plugins...)
	return cfg
}

func hasFile(s setting) bool {
	twin, ok := fieldOf(s.owner.Type(), s.key+"_file")
	return ok && s.owner.Field(twin.index).Len() > 0
}

// relativeTo makes a file name relative to dir; an absolute one stays as it is.
func relativeTo(dir string, s setting) error {
	name := s.value.String()
	if name == "" || filepath.IsAbs(name) || strings.HasPrefix(name, BuiltinPlugin) {
		return nil
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(dir, abs)
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	s.value.SetString(rel)
	return nil
}

// replaceFile writes a file with mode 0600 beside path and renames it, so that a
// crash leaves either the old or the new one.
func replaceFile(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("save configuration: %w", err)
	}
	tmp, err := os.CreateTemp(dir, ".cardea-*.yaml") // CreateTemp gives 0600
	if err != nil {
		return fmt.Errorf("save configuration: %w", err)
	}
	defer os.Remove(tmp.Name()) // fails when the rename has succeeded, as it should
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("save configuration: %w", err)
	}
	return nil
}
