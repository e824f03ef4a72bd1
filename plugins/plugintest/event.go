package plugintest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// event is the value of a point, built from a vector.
type event struct {
	point  abi.Point
	fields map[string]hooks.Value
}

// newEvent derives one key from another: the lifetime in seconds and the time exp express
// the same.
func newEvent(p abi.Point, f Fields, nowMS int64) *event {
	e := &event{point: p, fields: map[string]hooks.Value{}}
	for key, text := range f {
		if !isNull(text) {
			e.fields[key] = value(text)
		}
	}
	if _, ok := p.Key("lifetime"); ok {
		e.complete(nowMS / 1000)
	}
	return e
}

func (e *event) complete(now int64) {
	if _, ok := e.fields["iat"]; !ok {
		e.fields["iat"] = hooks.Int(now)
	}
	iat, _ := e.fields["iat"].Int()
	exp, hasExp := e.fields["exp"]
	lifetime, hasLifetime := e.fields["lifetime"]
	switch {
	case hasLifetime && !hasExp:
		n, _ := lifetime.Int()
		e.fields["exp"] = hooks.Int(iat + n)
	case hasExp && !hasLifetime:
		n, _ := exp.Int()
		e.fields["lifetime"] = hooks.Int(n - iat)
	}
}

// hook returns an empty hook point of the event's kind.
func (e *event) hook() hooks.Point {
	if e.point.Filter {
		return hooks.NewFilter[*event](e.point.Name).WithView(viewer{})
	}
	return hooks.NewAction[*event](e.point.Name).WithView(viewer{})
}

type viewer struct{}

func (viewer) View(e **event) hooks.View { return *e }
func (viewer) Fields() []hooks.Field     { return nil }

// Get implements hooks.View.
func (e *event) Get(key string) (hooks.Value, bool) {
	v, ok := e.fields[key]
	return v, ok
}

// Set implements hooks.View and is as strict as the engine.
func (e *event) Set(key string, v hooks.Value) error {
	k, ok := e.point.Key(key)
	switch {
	case !ok:
		return hooks.ErrUnknownField
	case !k.Write:
		return hooks.ErrReadOnly
	case k.Type == abi.JSON && !isList(v):
		return hooks.ErrBadValue
	}
	e.fields[key] = v
	return nil
}

// isList reports whether v is a list of strings, as all lists in the catalogue are.
func isList(v hooks.Value) bool {
	var list []string
	return json.Unmarshal([]byte(v.Text()), &list) == nil
}

// Delete implements hooks.View: only members of families can be removed.
func (e *event) Delete(key string) error {
	k, ok := e.point.Key(key)
	switch {
	case !ok:
		return hooks.ErrUnknownField
	case !k.Write || !strings.HasSuffix(k.Name, "*"):
		return hooks.ErrReadOnly
	}
	delete(e.fields, key)
	return nil
}

// Keys implements hooks.View.
func (e *event) Keys(prefix string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(e.fields)), func(key string) bool { return !strings.HasPrefix(key, prefix) })
}
