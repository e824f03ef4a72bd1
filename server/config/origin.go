package config

import (
	"errors"
	"fmt"
	"strings"
)

// Origin says where a value came from. The zero value is a default.
type Origin struct {
	File   string // name of the file as it was opened; "" if not from a file
	Line   int    // from 1
	Column int    // from 1
	Env    string // name of the environment variable; "" if not from one
}

// IsDefault reports whether nobody set the value.
func (o Origin) IsDefault() bool { return o == Origin{} }

// String returns "default", "file:line" or "env NAME".
func (o Origin) String() string {
	switch {
	case o.Env != "":
		return "env " + o.Env
	case o.File != "":
		return fmt.Sprintf("%s:%d", o.File, o.Line)
	}
	return "default"
}

// Provenance knows the origin of every value of one Config, and what was odd
// enough to mention but no mistake.
type Provenance struct {
	File     string   // the file that was read; "" if there was none
	Warnings []string // whole sentences for the log
	origins  map[string]Origin
}

// Of returns where the value of a key such as "tokens.access_ttl" or
// "rules[0].path" came from.
func (p *Provenance) Of(key string) Origin {
	if p == nil {
		return Origin{}
	}
	return p.origins[key]
}

// near returns the origin of the key or of the closest parent that has one.
func (p *Provenance) near(key string) Origin {
	for ; key != ""; key = parent(key) {
		if o := p.Of(key); !o.IsDefault() {
			return o
		}
	}
	if p != nil && p.File != "" {
		return Origin{File: p.File, Line: 1, Column: 1} // it is not there
	}
	return Origin{}
}

// PlaceAll adds to problems where the values that they speak of were set, or should
// be, as far as they do not say so. A secret that was read from a file is named by the
// setting that names the file.
func (p *Provenance) PlaceAll(list Problems) {
	for i := range list {
		x := &list[i]
		if x.Origin.IsDefault() {
			x.Origin = p.near(x.Key)
		}
		if p.isFromFile(x.Key) {
			x.Key += fileTwin
		}
	}
}

// fileTwin ends the name of the setting that names the file of a secret.
const fileTwin = "_file"

// isFromFile reports whether the value of a key was read from the file that its twin
// names.
func (p *Provenance) isFromFile(key string) bool {
	twin := p.Of(key + fileTwin)
	return key != "" && !twin.IsDefault() && twin == p.Of(key)
}

// Place adds to an [*Error] where the values that it speaks of were set, as far
// as it does not say so already. Other errors stay as they are.
func (p *Provenance) Place(err error) error {
	var bad *Error
	if !errors.As(err, &bad) {
		return err
	}
	p.PlaceAll(bad.Problems)
	return err
}

// warn adds a warning about the value of a key.
func (p *Provenance) warn(key, format string, args ...any) {
	p.Warnings = append(p.Warnings, Problem{Key: key, Origin: p.near(key), Text: fmt.Sprintf(format, args...)}.String())
}

// hasFile reports whether the file sets anything.
func (p *Provenance) hasFile() bool {
	for key, o := range p.origins {
		if key != "" && o.File != "" { // "" is the file as a whole
			return true
		}
	}
	return false
}

func (p *Provenance) set(key string, o Origin) { p.origins[key] = o }

func parent(key string) string {
	return key[:max(0, strings.LastIndexAny(key, ".["))]
}

func newProvenance(file string) *Provenance {
	return &Provenance{File: file, origins: map[string]Origin{}}
}
