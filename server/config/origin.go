package config

import (
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

// Origin says where a value was set. The zero value is a default.
type Origin struct {
	File   string // name of the file as opened; "" if not from a file
	Line   int    // from 1
	Column int    // from 1
	Env    string // name of the environment variable; "" if not from one
}

// IsDefault reports whether the value is a default.
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

// Provenance holds the origin of every value of one Config, and the warnings.
type Provenance struct {
	File     string   // the file that was read; "" if there was none
	Warnings []string // what is suspicious but valid, for the log
	origins  map[string]Origin
}

// Of returns the origin of the value of a key such as "tokens.access_ttl" or
// "rules[0].path".
func (p *Provenance) Of(key string) Origin {
	if p == nil {
		return Origin{}
	}
	return p.origins[key]
}

// near returns the origin of the key or of its closest ancestor that has one, else the
// start of the file.
func (p *Provenance) near(key string) Origin {
	for ; key != ""; key = tree.Parent(key) {
		if o := p.Of(key); !o.IsDefault() {
			return o
		}
	}
	if p != nil && p.File != "" {
		return Origin{File: p.File, Line: 1, Column: 1} // the key is not in the file
	}
	return Origin{}
}

// PlaceAll sets the Origin of problems that have none: where the value was set or should
// be. The key of a secret that was read from a file becomes that of its _file setting.
func (p *Provenance) PlaceAll(list Problems) {
	for i := range list {
		x := &list[i]
		if x.Origin.IsDefault() {
			x.Origin = p.near(x.Key)
		}
		if p.isFromFile(x.Key) {
			x.Key += tree.FileTwin
		}
	}
}

// isFromFile reports whether the value of a key was read from the file that its _file
// setting names.
func (p *Provenance) isFromFile(key string) bool {
	twin := p.Of(key + tree.FileTwin)
	return key != "" && !twin.IsDefault() && twin == p.Of(key)
}

// Place adds origins to the problems of an [*Error], as [Provenance.PlaceAll] does. Other
// errors are returned unchanged.
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

func newProvenance(file string) *Provenance {
	return &Provenance{File: file, origins: map[string]Origin{}}
}
