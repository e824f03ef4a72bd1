package expr

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/types"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// clockKey replaces now(); no point has such a key.
const clockKey = "now()"

// typeOf returns the type of a key in an expression.
func typeOf(t abi.Type) types.Type {
	switch t {
	case abi.Text:
		return types.String
	case abi.Int:
		return types.Int
	case abi.Bool:
		return types.Bool
	case abi.JSON:
		return types.TypeOf([]string{}) // the only lists in the catalogue
	}
	return types.Any
}

// environment returns the types of a point's keys: as trees, as they are written, and those
// that are used also under their full names, to which the flattener rewrites them.
func environment(p abi.Point, used []abi.Key) types.Map {
	env := types.Map{clockKey: types.Int}
	for _, k := range p.Keys {
		if prefix, family := strings.CutSuffix(k.Name, ".*"); family {
			branch(env, strings.Split(prefix, "."))[types.Extra] = types.Any
			continue
		}
		parts := strings.Split(k.Name, ".")
		branch(env, parts[:len(parts)-1])[parts[len(parts)-1]] = typeOf(k.Type)
	}
	for _, k := range used {
		env[k.Name] = typeOf(k.Type)
	}
	return env
}

func branch(env types.Map, path []string) types.Map {
	for _, name := range path {
		next, ok := env[name].(types.Map)
		if !ok {
			next = types.Map{}
			env[name] = next
		}
		env = next
	}
	return env
}

// flattener replaces user.login by one variable of that name, so that a call reads only the
// keys that the expression uses.
type flattener struct {
	point abi.Point
	keys  []abi.Key // the keys found, each once
}

// Visit implements ast.Visitor. Children come before their parents.
func (f *flattener) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if k, ok := f.point.Key(n.Value); ok {
			f.use(k, n.Value)
		}
	case *ast.MemberNode:
		key, ok := path(n)
		if !ok {
			return
		}
		if k, known := f.point.Key(key); known {
			f.use(k, key)
			ast.Patch(node, &ast.IdentifierNode{Value: key})
		}
	case *ast.CallNode:
		if name, ok := n.Callee.(*ast.IdentifierNode); ok && name.Value == "now" && len(n.Arguments) == 0 {
			ast.Patch(node, &ast.IdentifierNode{Value: clockKey})
		}
	}
}

func (f *flattener) use(k abi.Key, name string) {
	if strings.HasSuffix(k.Name, "*") {
		k.Type = abi.Any // a missing member is nil
	}
	k.Name = name
	if !slices.ContainsFunc(f.keys, func(x abi.Key) bool { return x.Name == name }) {
		f.keys = append(f.keys, k)
	}
}

// path returns a chain of members with constant names as a key.
func path(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value, true
	case *ast.MemberNode:
		name, ok := n.Property.(*ast.StringNode)
		if !ok || n.Method {
			return "", false
		}
		front, ok := path(n.Node)
		return front + "." + name.Value, ok
	}
	return "", false
}

// read reads the keys that the expression uses, and returns how large they are.
func (p *program) read(env map[string]any, view hooks.View, now time.Time) (all size) {
	for _, k := range p.keys {
		v, ok := view.Get(k.Name)
		env[k.Name] = native(k.Type, v, ok)
		all.add(v)
	}
	env[clockKey] = int(now.Unix())
	return all
}

// native returns a field's value in an expression; a missing one has the zero value of its
// type.
func native(t abi.Type, v hooks.Value, ok bool) any {
	switch t {
	case abi.Text:
		return v.Text()
	case abi.Int:
		n, _ := v.Int()
		return int(n)
	case abi.Bool:
		b, _ := v.Bool()
		return b
	case abi.JSON:
		var list []string
		_ = json.Unmarshal([]byte(v.Text()), &list) // anything but a list reads as empty
		return list
	}
	if !ok {
		return nil
	}
	return dynamic(v)
}

// dynamic returns the value of a key without a fixed type.
func dynamic(v hooks.Value) any {
	if v.IsString() {
		return v.Text()
	}
	if n, ok := v.Int(); ok {
		return int(n)
	}
	var out any
	_ = json.Unmarshal([]byte(v.Text()), &out) // the view returns valid JSON; else nil
	return out
}
