package expr

import (
	"context"
	"fmt"
	"sync"
	"time"

	lang "github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// Limits of an expression. Since every part runs at most once for each member of one list,
// they limit its run time.
const (
	maxSource = 2000   // characters
	maxParts  = 200    // nodes of the syntax tree
	maxMemory = 10_000 // total number of list elements
)

// program is a compiled expression. It is safe for concurrent use.
type program struct {
	name  string // under which its work for a request is counted
	point abi.Point
	code  *vm.Program
	keys  []abi.Key // the keys that it reads, with full names
	cost  cost

	headers []string // that it may set
	widen   bool     // it may add roles and scopes

	spare sync.Pool // of *machine
}

// machine is the state of one call, reused by the next.
type machine struct {
	vm  vm.VM
	env map[string]any
}

func compile(point hooks.Point, source string) (*program, error) {
	p, err := lookup(point)
	if err != nil {
		return nil, err
	}
	if len(source) > maxSource {
		return nil, fmt.Errorf("it has more than %d characters: write a plugin", maxSource)
	}
	used, err := keysIn(p, source)
	if err != nil {
		return nil, err
	}
	options := []lang.Option{
		lang.Env(environment(p, used)), lang.Patch(&flattener{point: p}), lang.MaxNodes(maxParts), lang.DisableAllBuiltins(), lang.Optimize(false),
		lang.Function("deny", deny, new(func(string) bool)),
	}
	for _, name := range harmless {
		options = append(options, lang.EnableBuiltin(name))
	}
	code, err := lang.Compile(source, options...)
	if err != nil {
		return nil, err
	}
	headers, err := check(p, code)
	if err != nil {
		return nil, err
	}
	return &program{point: p, code: code, keys: used, cost: costOf(code), headers: headers}, nil
}

// keysIn returns the keys that a source uses.
func keysIn(p abi.Point, source string) ([]abi.Key, error) {
	tree, err := parser.Parse(source)
	if err != nil {
		return nil, err
	}
	f := &flattener{point: p}
	ast.Walk(&tree.Node, f)
	return f.keys, nil
}

// deny ends the expression with a refusal.
func deny(args ...any) (any, error) {
	return false, api.E(api.Denied, api.ReasonHook, args[0].(string))
}

// at returns an error with a position in the source.
func at(code *vm.Program, where file.Location, format string, args ...any) error {
	e := &file.Error{Location: where, Message: fmt.Sprintf(format, args...)}
	return e.Bind(code.Source())
}

// bounded is apply within the allowance of the request, if there is one. What exceeds it is
// refused whatever OnError says: otherwise a client could choose which reading of a request
// the expression does not see.
func (p *program) bounded(ctx context.Context, view hooks.View, now time.Time) error {
	used := api.AllowanceOf(ctx)
	if used != nil && used.Used(p.name, p.point.Name).Fuel >= maxWork {
		return route.AllowanceSpent(used)
	}
	work, err := p.apply(ctx, view, now)
	used.Add(p.name, p.point.Name, work, 0)
	return err
}

// apply runs the expression on an event, and returns how much work it may have been.
func (p *program) apply(ctx context.Context, view hooks.View, now time.Time) (work int64, err error) {
	m, ok := p.spare.Get().(*machine)
	if !ok {
		m = &machine{vm: vm.VM{MemoryBudget: maxMemory}, env: map[string]any{}}
	}
	defer p.spare.Put(m)
	defer clear(m.env) // keep nothing of this event
	work = p.cost.of(p.read(m.env, view, now))
	value, err := m.vm.Run(p.code, m.env)
	if err != nil {
		return work, err
	}
	return work, p.answer(ctx, view, value)
}
