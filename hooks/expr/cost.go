package expr

import (
	"regexp/syntax"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"github.com/cardea-auth/cardea/hooks"
)

// maxWork bounds the work of an expression for all parts and readings of one request. It
// is counted, not measured: on a busy machine the same request must not be refused. A unit
// takes about a nanosecond, so this is about 50 ms.
const maxWork = 50_000_000

// Units of work.
const (
	partWork   = 50 // of a part, for values of a few bytes
	jsonWork   = 16 // of decoding a byte
	matchWork  = 16 // of a pattern, for a byte
	threadWork = 4  // of each instruction of the pattern, for a byte
)

// cost is what an expression may do to the values that it reads, at most. Every part looks
// at each byte once, see [check].
type cost struct {
	parts  int64 // outside of predicates; a pattern counts as several
	inner  int64 // in predicates: for each member of a list
	growth int64 // how often a value may be contained in another, by +
}

// size is how large the values are that an expression reads.
type size struct {
	text    int64 // bytes of strings
	listed  int64 // bytes of everything else
	members int64 // of lists, at most
}

func (s *size) add(v hooks.Value) {
	switch n := int64(len(v.Text())); {
	case v.IsString():
		s.text += n
	case v.IsJSON():
		s.listed += n
		s.members += 1 + int64(strings.Count(v.Text(), ","))
	}
}

// of returns the work for values of a size.
func (c cost) of(s size) int64 {
	outside := c.parts * (partWork + s.text + s.listed)
	inside := c.inner * (s.members*(partWork+s.text) + s.listed)
	return c.growth*(outside+inside) + jsonWork*s.listed
}

func costOf(code *vm.Program) cost {
	c := cost{growth: 1}
	root := code.Node()
	ast.Walk(&root, &c)
	return c
}

// Visit implements ast.Visitor. A part of a predicate is visited before it, and counts
// again as one outside: this does not matter for a bound.
func (c *cost) Visit(node *ast.Node) {
	c.parts += weight(*node)
	switch n := (*node).(type) {
	case *ast.BinaryNode:
		if n.Operator == "+" {
			c.growth++
		}
	case *ast.PredicateNode:
		in := cost{}
		ast.Walk(&n.Node, &in)
		c.inner += in.parts
	}
}

// weight returns how many parts a node counts for.
func weight(n ast.Node) int64 {
	match, ok := n.(*ast.BinaryNode)
	if !ok || match.Operator != "matches" {
		return 1
	}
	pattern, _ := match.Right.(*ast.StringNode) // it is one, see guard.operator
	re, err := syntax.Parse(pattern.Value, syntax.Perl)
	if err != nil {
		return matchWork // it does not compile either
	}
	code, err := syntax.Compile(re.Simplify())
	if err != nil {
		return matchWork
	}
	return matchWork + threadWork*int64(len(code.Inst))
}
