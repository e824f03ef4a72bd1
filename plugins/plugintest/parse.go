package plugintest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/ijson"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// maxFile bounds a file of vectors, in bytes.
const maxFile = 4 << 20

// Read reads a file of vectors. own are as for [Parse].
func Read(path string, own ...abi.Point) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return File{}, err
	}
	file, err := Parse(text, own...)
	if err != nil {
		return File{}, fmt.Errorf("%s: %w", path, err)
	}
	return file, nil
}

// Parse parses vectors and checks them against the catalogue of points. Unknown members
// are errors, so that no expectation is ignored. own are points that the host has besides
// those of plugins/abi; plugins/catalogue describes them.
func Parse(text []byte, own ...abi.Point) (File, error) {
	if len(text) > maxFile {
		return File{}, fmt.Errorf("vectors: more than %d bytes: split the file", maxFile)
	}
	var f File
	if err := ijson.Decode(text, &f); err != nil {
		return File{}, fmt.Errorf("vectors: %w%s", err, position(text, err))
	}
	return f, f.check(own)
}

// position returns the line of a JSON error that has an offset.
func position(text []byte, err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	offset := int64(-1)
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	if offset < 0 || offset > int64(len(text)) {
		return ""
	}
	return fmt.Sprintf(" (line %d)", 1+bytes.Count(text[:offset], []byte("\n")))
}

func (f *File) check(own []abi.Point) error {
	var errs []error
	seen := map[string]bool{}
	if len(f.Vectors) == 0 {
		errs = append(errs, errors.New("vectors: the list is empty: add one"))
	}
	for n := range f.Vectors {
		v := &f.Vectors[n]
		v.Setup = v.Setup.over(f.Defaults)
		if err := v.check(own); err != nil {
			errs = append(errs, fmt.Errorf("vector %d (%s): %w", n+1, v.Name, err))
		}
		if seen[v.Name] {
			errs = append(errs, fmt.Errorf("vector %d: the name %q is used twice, must be unique", n+1, v.Name))
		}
		seen[v.Name] = true
	}
	return errors.Join(errs...)
}

// over merges a setup with the file's defaults.
func (s Setup) over(d Setup) Setup {
	if s.Grants == nil {
		s.Grants = d.Grants
	}
	if s.Config == nil {
		s.Config = d.Config
	}
	if s.Secrets == nil {
		s.Secrets = d.Secrets
	}
	if s.Clock == nil {
		s.Clock = d.Clock
	}
	if s.Seed == nil {
		s.Seed = d.Seed
	}
	return s
}

func (v *Vector) check(own []abi.Point) error {
	if v.Name == "" {
		return errors.New("it has no name: give it one that says what it tests")
	}
	point, ok := abi.Lookup(v.Point, own...)
	if !ok {
		return fmt.Errorf("no hook point %q: `cardea hooks list` names them", v.Point)
	}
	if err := v.Event.check(point, "event", false); err != nil {
		return err
	}
	if err := v.Want.Journal.check(point, "want.journal", true); err != nil {
		return err
	}
	return v.Want.check()
}

func (w *Want) check() error {
	statuses := []string{Continue, Stop, Refuse, NotApplicable, Fault}
	if w.LoadError == "" && w.Status == "" {
		w.Status = Continue
	}
	switch {
	case w.LoadError != "" && w.Status != "":
		return errors.New("want: load_error and status exclude each other: remove one of them")
	case w.LoadError == "" && !slices.Contains(statuses, w.Status):
		return fmt.Errorf("want.status is %q, must be one of %s", w.Status, strings.Join(statuses, ", "))
	case len(w.Journal) > 0 && w.Status != Continue && w.Status != Stop:
		return fmt.Errorf("want.journal: no changes are kept with status %q: remove it", w.Status)
	case w.Refusal != nil && w.Status != Refuse:
		return errors.New("want.refusal goes with status \"refuse\"")
	case (w.Fault != "" || w.Error != "") && w.Status != Fault:
		return errors.New("want.fault and want.error go with status \"fault\"")
	}
	return nil
}
