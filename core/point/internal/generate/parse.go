package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// catalogue is what was read.
type catalogue struct {
	points []hookPoint
	types  []valueType
	others []valueType // exported, and no point's
}

type hookPoint struct {
	field, name, value string
	filter, enrich     bool
}

type valueType struct {
	name, doc string
	keys      []key
	copied    []field
	guarded   bool // has a function that says what is narrower
}

type field struct{ name, goType string }

// key is one key, or a group or family of them.
type key struct {
	field
	name         string
	kind         string // of its value in plugins/abi
	write, named bool
	right        string
	byHand       bool // its view is a function of the package
}

// groups are keys that stand for several.
var groups = []string{"user", "peer", "req"}

// kinds returns the kind of values of a Go type, if the generator supports the type.
func kinds(goType string) (kind string, ok bool) {
	kind, ok = map[string]string{
		"string": "Text", "map[string]string": "Text", "api.Header": "Text",
		"int64": "Int", "time.Time": "Int", "time.Duration": "Int",
		"bool": "Bool", "[]string": "JSON", "api.Claims": "Any",
		"api.Identity": "", "api.Peer": "", "*api.Attempt": "",
	}[goType]
	return kind, ok
}

// parse reads the package in dir.
func parse(dir string) (*catalogue, error) {
	var files []*ast.File
	for _, name := range []string{"hooks.go", "values.go", "narrower.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), dir+"/"+name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	c := &catalogue{}
	if err := c.readHooks(files[0]); err != nil {
		return nil, err
	}
	if err := c.readValues(files[1]); err != nil {
		return nil, err
	}
	c.readNarrower(files[2])
	return c, nil
}

func (c *catalogue) readHooks(file *ast.File) error {
	for name, s := range structs(file) {
		if name.name != "Hooks" {
			continue
		}
		for _, f := range s.Fields.List {
			if !f.Names[0].IsExported() {
				continue // what a program has added
			}
			p, err := readPoint(f)
			if err != nil {
				return err
			}
			c.points = append(c.points, p)
		}
	}
	return nil
}

// readPoint reads a field such as TokenClaims *hooks.Filter[TokenClaims].
func readPoint(f *ast.Field) (hookPoint, error) {
	name := f.Names[0].Name
	options := strings.Split(tagOf(f, "point"), ",")
	generic, value, ok := strings.Cut(strings.TrimSuffix(typeOf(f.Type), "]"), "[")
	if !ok || options[0] == "" {
		return hookPoint{}, fmt.Errorf("field Hooks.%s: must be a *hooks.Filter or *hooks.Action with a point tag", name)
	}
	return hookPoint{
		field: name, name: options[0], value: value,
		filter: generic == "*hooks.Filter", enrich: slices.Contains(options, "enrich"),
	}, nil
}

func (c *catalogue) readValues(file *ast.File) error {
	for id, s := range structs(file) {
		t := valueType{name: id.name, doc: id.doc}
		for _, f := range s.Fields.List {
			keys, err := readKeys(t.name, f)
			if err != nil {
				return err
			}
			t.keys = append(t.keys, keys...)
			if goType := typeOf(f.Type); slices.Contains([]string{"api.Identity", "api.Claims", "api.Header", "[]string"}, goType) {
				t.copied = append(t.copied, field{f.Names[0].Name, goType})
			}
		}
		if slices.ContainsFunc(c.points, func(p hookPoint) bool { return p.value == t.name }) {
			c.types = append(c.types, t)
		} else {
			c.others = append(c.others, t)
		}
	}
	for _, p := range c.points {
		if !slices.ContainsFunc(c.types, func(t valueType) bool { return t.name == p.value }) {
			return fmt.Errorf("field Hooks.%s: %s is not a struct of values.go", p.field, p.value)
		}
	}
	return nil
}

func readKeys(of string, f *ast.Field) ([]key, error) {
	tag := tagOf(f, "key")
	if tag == "" {
		return nil, nil
	}
	var keys []key
	for i, text := range strings.Split(tag, ";") {
		options := strings.Split(strings.TrimSpace(text), ",")
		k := key{field: field{f.Names[0].Name, typeOf(f.Type)}, name: options[0], kind: "Text"}
		kind, known := kinds(k.goType)
		if k.byHand = i > 0 || !known; !k.byHand {
			k.kind = kind
		}
		for _, o := range options[1:] {
			if err := k.set(o); err != nil {
				return nil, fmt.Errorf("%s.%s: key %q: %w", of, k.field.name, k.name, err)
			}
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func (k *key) set(option string) error {
	switch option {
	case "write":
		k.write = true
	case "named":
		k.named = true
	case "int", "bool":
		k.kind = strings.ToUpper(option[:1]) + option[1:]
	case "json":
		k.kind = "JSON"
	default:
		right, ok := strings.CutPrefix(option, "right=")
		if !ok {
			return fmt.Errorf("unknown option %q", option)
		}
		k.right = right
	}
	return nil
}

// readNarrower finds functions such as tokenClaimsNarrower.
func (c *catalogue) readNarrower(file *ast.File) {
	for i := range c.types {
		name := lower(c.types[i].name) + "Narrower"
		c.types[i].guarded = slices.ContainsFunc(file.Decls, func(d ast.Decl) bool {
			f, ok := d.(*ast.FuncDecl)
			return ok && f.Name.Name == name
		})
	}
}

type typeName struct{ name, doc string }

// structs yields the struct types of a file in their order.
func structs(file *ast.File) func(yield func(typeName, *ast.StructType) bool) {
	return func(yield func(typeName, *ast.StructType) bool) {
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			spec := g.Specs[0].(*ast.TypeSpec)
			if s, ok := spec.Type.(*ast.StructType); ok && !yield(typeName{spec.Name.Name, g.Doc.Text()}, s) {
				return
			}
		}
	}
}

func tagOf(f *ast.Field, name string) string {
	if f.Tag == nil {
		return ""
	}
	text, err := strconv.Unquote(f.Tag.Value)
	if err != nil {
		return ""
	}
	return reflect.StructTag(text).Get(name)
}

// typeOf returns a type as it is written.
func typeOf(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.StarExpr:
		return "*" + typeOf(x.X)
	case *ast.SelectorExpr:
		return typeOf(x.X) + "." + x.Sel.Name
	case *ast.ArrayType:
		return "[]" + typeOf(x.Elt)
	case *ast.MapType:
		return "map[" + typeOf(x.Key) + "]" + typeOf(x.Value)
	case *ast.IndexExpr:
		return typeOf(x.X) + "[" + typeOf(x.Index) + "]"
	}
	return "?"
}
