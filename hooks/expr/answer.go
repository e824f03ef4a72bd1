package expr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// single returns the one key that a point is about.
func single(p abi.Point) (abi.Key, bool) {
	for _, name := range []string{"lifetime", "nbf", "iss", "alg", "public", "end"} {
		if k, ok := p.Key(name); ok && k.Write {
			return k, true
		}
	}
	return abi.Key{}, false
}

// decides reports whether true or false is an answer at a point.
func decides(p abi.Point) bool { return !p.Enrich }

// family returns the prefix of the keys that can be added at a point, or "".
func family(p abi.Point) string {
	for _, k := range p.Keys {
		if prefix, ok := strings.CutSuffix(k.Name, "*"); ok && k.Write && p.Name != "error-response" {
			return prefix
		}
	}
	return ""
}

// meaning describes the possible answers at a point, for messages.
func meaning(p abi.Point) string {
	if k, ok := single(p); ok {
		return fmt.Sprintf("its %s (%s), a map of its keys, or nil", k.Name, k.Type)
	}
	if decides(p) {
		return "true or false, a map of its keys, or nil"
	}
	return "a map of its keys, or nil"
}

// writable returns the key for a name in a map.
func writable(p abi.Point, name string) (abi.Key, error) {
	full := name
	plain, ok := p.Key(name) // a program's own point may have a family and keys beside it
	if prefix := family(p); prefix != "" && !strings.HasPrefix(name, prefix) && !(ok && plain.Write) {
		full = prefix + name
	}
	k, ok := p.Key(full)
	if ok && k.Write {
		k.Name = full
		return k, nil
	}
	var names []string
	for _, k := range p.Keys {
		if k.Write {
			names = append(names, k.Name)
		}
	}
	if len(names) == 0 {
		return k, fmt.Errorf("no key can be set at %s: answer true or false", p.Name)
	}
	return k, fmt.Errorf("%s cannot be set at %s; these can: %s", name, p.Name, strings.Join(names, " "))
}

var errForbidden = api.E(api.Denied, api.ReasonHook, "")

// answer applies the result of the expression.
func (p *program) answer(ctx context.Context, view hooks.View, value any) error {
	if value == nil {
		return nil
	}
	if members, ok := value.(map[string]any); ok {
		return p.set(ctx, view, members)
	}
	if k, ok := single(p.point); ok {
		if err := p.put(ctx, view, k, value); err != nil {
			return err
		}
		return hooks.Check(ctx, view)
	}
	pass, ok := value.(bool)
	switch {
	case !ok || !decides(p.point):
		return fmt.Errorf("the result is a %T, %s takes %s", value, p.point.Name, meaning(p.point))
	case !pass:
		return errForbidden
	}
	return nil
}

// set sets keys in the order of their names.
func (p *program) set(ctx context.Context, view hooks.View, members map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(members)) {
		k, err := writable(p.point, name)
		if err != nil {
			return err
		}
		if members[name] == nil {
			err = view.Delete(k.Name)
		} else {
			err = p.put(ctx, view, k, members[name])
		}
		if err != nil {
			return err
		}
	}
	return hooks.Check(ctx, view)
}

const needsRight = "must not add roles or scopes: that needs allow: [" + abi.AllowRoles + "]"

func (p *program) put(ctx context.Context, view hooks.View, k abi.Key, value any) error {
	v, err := toValue(value)
	if err != nil {
		return &hooks.ValueError{Key: k.Name, Rule: "must not be " + err.Error(), Err: hooks.ErrBadValue}
	}
	if !v.fits(k.Type) {
		return &hooks.ValueError{Key: k.Name, Rule: fmt.Sprintf("must be %s, not what %T gives", k.Type, value), Err: hooks.ErrBadValue}
	}
	if !p.widen && hooks.Widens(ctx, view, k.Name, v.Value) {
		return &hooks.ValueError{Key: k.Name, Rule: needsRight}
	}
	return view.Set(k.Name, v.Value)
}

// typed is a value with its type.
type typed struct {
	hooks.Value
	kind abi.Type
}

func (v typed) fits(t abi.Type) bool { return t == abi.Any || t == v.kind }

var (
	errFraction = errors.New("a number that JSON cannot hold")
	errEncoding = errors.New("a text that is not UTF-8")
)

func toValue(value any) (typed, error) {
	switch x := value.(type) {
	case string:
		if !utf8.ValidString(x) {
			return typed{}, errEncoding
		}
		return typed{hooks.String(x), abi.Text}, nil
	case int:
		return typed{hooks.Int(int64(x)), abi.Int}, nil
	case bool:
		return typed{hooks.Bool(x), abi.Bool}, nil
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return typed{}, errFraction
		}
	}
	if !api.IsUTF8(value) {
		return typed{}, errEncoding
	}
	text, err := json.Marshal(value)
	return typed{hooks.JSON(string(text)), abi.JSON}, err
}
