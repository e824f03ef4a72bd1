package route

import "strings"

// node is a node in the trie.
type node struct {
	literal map[string]*node
	one     *node // "*"
	deep    *node // "**"
	ends    []entry
}

// entry is a rule that ends at a node, one for each of its methods.
type entry struct {
	method string // "": any
	rule   *Rule
	rank   int // position among all rules, most specific first
}

// find returns the most specific entry below n for the segments in rest. more distinguishes
// an empty segment from no segment: "/a/" has two segments.
//
// Each pair of a node and a position is visited at most once, since a pattern has at most
// one "**". The cost is therefore limited by the length of the path and the shape of the
// rules.
func (n *node) find(rest string, more bool, method string) *entry {
	if n == nil {
		return nil
	}
	if !more {
		if e := n.end(method); e != nil {
			return e
		}
		return n.deep.findDeep(rest, more, method)
	}
	segment, after, next := strings.Cut(rest, "/")
	if child := n.literal[segment]; child != nil {
		if e := child.find(after, next, method); e != nil {
			return e
		}
	}
	if segment != "" {
		if e := n.one.find(after, next, method); e != nil {
			return e
		}
	}
	return n.deep.findDeep(rest, more, method)
}

// findDeep lets "**" match zero, one, two ... segments and returns the best entry: the
// number of segments does not affect the specificity of a rule.
func (n *node) findDeep(rest string, more bool, method string) *entry {
	if n == nil {
		return nil
	}
	best := n.end(method) // matches everything that is left
	if !n.hasChildren() {
		return best
	}
	for more {
		best = better(best, n.findHere(rest, method))
		_, rest, more = strings.Cut(rest, "/")
	}
	return best
}

// findHere looks below a "**" node for patterns that continue with a segment.
func (n *node) findHere(rest string, method string) *entry {
	segment, after, next := strings.Cut(rest, "/")
	var best *entry
	if child := n.literal[segment]; child != nil {
		best = child.find(after, next, method)
	}
	if segment != "" {
		best = better(best, n.one.find(after, next, method))
	}
	return best
}

func (n *node) hasChildren() bool { return n.literal != nil || n.one != nil }

func better(a, b *entry) *entry {
	if a == nil || b != nil && b.rank < a.rank {
		return b
	}
	return a
}

// end returns the entry for the method: its own, GET's for HEAD, or that for any method.
func (n *node) end(method string) *entry {
	var get, all *entry
	for i := range n.ends {
		switch e := &n.ends[i]; e.method {
		case method:
			if method != "" {
				return e
			}
		case "GET":
			get = e
		case "":
			all = e
		}
	}
	if method == "HEAD" && get != nil {
		return get
	}
	return all
}
