package expr

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// harmless are the functions of the language whose result is not larger than their
// arguments and whose cost is proportional to them.
var harmless = []string{
	"all", "any", "none", "one", "count", "filter", "len", "lower", "upper", "trim", "trimPrefix", "trimSuffix",
	"hasPrefix", "hasSuffix", "indexOf", "int", "string", "abs", "min", "max", "first", "last",
}

// check checks a compiled expression for what is not allowed in it, and returns the headers
// that it may set.
func check(p abi.Point, code *vm.Program) (headers []string, err error) {
	g := &guard{point: p, code: code, settable: route.NewSettable()}
	root := code.Node()
	ast.Walk(&root, g)
	g.result(root)
	return g.headers, errors.Join(g.errs...)
}

type guard struct {
	point    abi.Point
	code     *vm.Program
	settable route.Settable
	headers  []string
	errs     []error
}

func (g *guard) refuse(n ast.Node, format string, args ...any) {
	g.errs = append(g.errs, at(g.code, n.Location(), format, args...))
}

// Visit implements ast.Visitor.
func (g *guard) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.VariableDeclaratorNode:
		g.refuse(n, "variables are not allowed: they could multiply the size of a string")
	case *ast.SequenceNode:
		g.refuse(n, "sequences are not allowed: write one expression")
	case *ast.PredicateNode:
		if nested(n.Node) {
			g.refuse(n, "nested predicates are not allowed: their run time is quadratic")
		}
	case *ast.BinaryNode:
		g.operator(n)
	case *ast.IdentifierNode:
		g.identifier(n)
	case *ast.PairNode:
		g.header(n)
	}
}

// upstreamHeaders is the point whose headers are sent to the upstream.
const upstreamHeaders = "identity-headers"

// header records a header that is set for the upstream. Its name must be a literal, since
// it is protected from clients whether or not the expression sets it.
func (g *guard) header(n *ast.PairNode) {
	if g.point.Name != upstreamHeaders {
		return
	}
	key, ok := n.Key.(*ast.StringNode)
	if !ok {
		g.refuse(n.Key, "a header name must be a string in quotes, so that the header is protected from clients")
		return
	}
	name := strings.TrimPrefix(key.Value, family(g.point))
	if err := g.settable.Check(name); err != nil {
		g.refuse(n.Key, "%v", err)
		return
	}
	g.headers = append(g.headers, name)
}

func (g *guard) operator(n *ast.BinaryNode) {
	switch n.Operator {
	case "..":
		g.refuse(n, "ranges are not allowed")
	case "matches":
		if _, ok := n.Right.(*ast.StringNode); !ok {
			g.refuse(n, "the pattern of matches must be a string in quotes")
		}
	}
}

// identifier refuses a branch such as user or claim that is used as a value.
func (g *guard) identifier(n *ast.IdentifierNode) {
	_, known := g.point.Key(n.Value)
	for _, k := range g.point.Keys {
		if !known && strings.HasPrefix(k.Name, n.Value+".") {
			g.refuse(n, "%s is not a value: use one of its fields, such as %s", n.Value, strings.ReplaceAll(k.Name, "*", "name"))
			return
		}
	}
}

// nested reports whether n contains a predicate.
func nested(n ast.Node) bool {
	f := &finder{}
	ast.Walk(&n, f)
	return f.found
}

type finder struct{ found bool }

// Visit implements ast.Visitor.
func (f *finder) Visit(node *ast.Node) {
	if _, ok := (*node).(*ast.PredicateNode); ok {
		f.found = true
	}
}

// result checks the type of the result, as far as it is known at compile time.
func (g *guard) result(n ast.Node) {
	switch n := n.(type) {
	case *ast.ConditionalNode:
		g.result(n.Exp1)
		g.result(n.Exp2)
		return
	case *ast.MapNode:
		g.members(n)
		return
	case *ast.NilNode:
		return
	}
	if t := n.Type(); t != nil && t.Kind() != reflect.Interface && t.Kind() != reflect.Map && !g.fits(t) {
		g.refuse(n, "this is %s; %s takes %s", kindName(t), g.point.Name, meaning(g.point))
	}
}

func (g *guard) fits(t reflect.Type) bool {
	if k, ok := single(g.point); ok {
		return slices.Contains(kinds(k.Type), t.Kind())
	}
	return decides(g.point) && t.Kind() == reflect.Bool
}

// members checks the names and values of a map literal.
func (g *guard) members(n *ast.MapNode) {
	for _, pair := range n.Pairs {
		pair, ok := pair.(*ast.PairNode)
		if !ok {
			continue
		}
		name, ok := pair.Key.(*ast.StringNode)
		if !ok {
			continue
		}
		k, err := writable(g.point, name.Value)
		if err != nil {
			g.refuse(pair.Key, "%v", err)
			continue
		}
		t := pair.Value.Type()
		if t != nil && t.Kind() != reflect.Interface && !slices.Contains(kinds(k.Type), t.Kind()) {
			g.refuse(pair.Value, "this is %s; %s is %s", kindName(t), k.Name, k.Type)
		}
	}
}

func kinds(t abi.Type) []reflect.Kind {
	switch t {
	case abi.Text:
		return []reflect.Kind{reflect.String}
	case abi.Int:
		return []reflect.Kind{reflect.Int}
	case abi.Bool:
		return []reflect.Kind{reflect.Bool}
	case abi.JSON:
		return []reflect.Kind{reflect.Slice, reflect.Array}
	}
	return []reflect.Kind{reflect.String, reflect.Int, reflect.Bool, reflect.Slice, reflect.Array, reflect.Map, reflect.Float64}
}

func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Int:
		return "a number"
	case reflect.Bool:
		return "a truth value"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Float64:
		return "a fraction"
	}
	return fmt.Sprintf("a %s", t)
}
