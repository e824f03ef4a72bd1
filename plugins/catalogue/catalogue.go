package catalogue

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// Of returns the descriptions of the points for plugins. It returns an error for each point
// whose name or keys are invalid or whose name is taken.
func Of(points []hooks.Point) ([]abi.Point, error) {
	var list []abi.Point
	var errs []error
	for _, p := range points {
		described := Describe(p)
		if err := check(described, list); err != nil {
			errs = append(errs, fmt.Errorf("hook point %q: %w", p.Name(), err))
		}
		list = append(list, described)
	}
	return list, errors.Join(errs...)
}

// Describe returns the description of a point for plugins. Families of keys come last. The
// keys of an action are always read-only.
func Describe(p hooks.Point) abi.Point {
	out := abi.Point{Name: p.Name(), Filter: p.IsFilter()}
	if e, ok := p.(hooks.Enricher); ok {
		out.Enrich = e.Enriches()
	}
	for _, f := range p.Fields() {
		k := abi.Key{Name: f.Key, Type: typeOf(f.Type), Write: f.Writable && out.Filter, Named: f.Named}
		if k.Write {
			k.Wants = f.Wants
		}
		if strings.HasSuffix(k.Name, ".") {
			k.Name += "*"
		}
		out.Keys = append(out.Keys, k)
	}
	return out
}

func typeOf(t hooks.FieldType) abi.Type {
	switch t {
	case hooks.IntField:
		return abi.Int
	case hooks.BoolField:
		return abi.Bool
	case hooks.JSONField:
		return abi.JSON
	case hooks.AnyField:
		return abi.Any
	}
	return abi.Text
}

var (
	pointName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	keyName   = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*(\.\*)?$`)
)

func check(p abi.Point, before []abi.Point) error {
	if !pointName.MatchString(p.Name) {
		return errors.New("its name must consist of lower-case letters, digits and hyphens, as in stock-reserved")
	}
	if _, taken := abi.Lookup(p.Name, before...); taken {
		return errors.New("the name is already taken")
	}
	if len(p.Keys) == 0 {
		return errors.New("guests cannot see its value: give it a view, as in WithView(view.New(...))")
	}
	for i, k := range p.Keys {
		twice := func(other abi.Key) bool { return other.Name == k.Name }
		switch {
		case !keyName.MatchString(k.Name) || len(k.Name) > abi.MaxKey:
			return fmt.Errorf("key %q: must be words of lower-case letters with dots between them, as in order.total", k.Name)
		case slices.ContainsFunc(p.Keys[:i], twice):
			return fmt.Errorf("key %q is there twice", k.Name)
		case k.Wants != "" && !slices.Contains([]string{abi.AllowExtend, abi.AllowWiden, abi.AllowRoles}, k.Wants):
			return fmt.Errorf("key %q has the right %q, must be %s, %s or %s", k.Name, k.Wants, abi.AllowExtend, abi.AllowWiden, abi.AllowRoles)
		}
	}
	return nil
}
