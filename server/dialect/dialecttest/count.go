package dialecttest

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// least is the share of rows that must agree.
const least = 0.97

// fate is what became of a row.
type fate int

const (
	agrees  fate = iota
	refused      // on purpose: the original is unsafe, or broke
	other        // differs otherwise
	silence      // the recorded WordPress was never asked that: see Deviation.Unheard
	fates
)

func became(d Deviation, status int, same bool) fate {
	switch {
	case same:
		return agrees
	case status == unheard:
		return silence
	case d.Safer:
		return refused
	}
	return other
}

// count is how many rows came to what.
type count [fates]int

func (c count) rows() int { return c[agrees] + c[refused] + c[other] + c[silence] }

func (c count) plus(d count) count {
	for i := range d {
		c[i] += d[i]
	}
	return c
}

// overall is how many of all rows agree.
func (c count) overall() float64 { return float64(c[agrees]) / float64(max(1, c.rows())) }

// share is how many agree of those that are not refused on purpose and have
// something to be compared with.
func (c count) share() float64 { return float64(c[agrees]) / float64(max(1, c[agrees]+c[other])) }

// Counts is what became of the rows of a transcript.
type Counts struct {
	own, others count
	names       map[string]bool // of all rows
	different   map[fate][]string
}

func (n *Counts) add(name string, own bool, what fate) {
	n.names[name] = true
	if what != agrees {
		n.different[what] = append(n.different[what], name)
	}
	if own {
		n.own[what]++
	} else {
		n.others[what]++
	}
}

// Agree is how many rows agree.
func (n *Counts) Agree() int { return n.own.plus(n.others)[agrees] }

// Different are the names of the rows that differ, for whatever reason.
func (n *Counts) Different() []string {
	return slices.Concat(n.different[refused], n.different[other], n.different[silence])
}

// Rows is how many rows there are.
func (n *Counts) Rows() int { return n.own.plus(n.others).rows() }

// Unheard are the names of the rows that came to what was never recorded.
func (n *Counts) Unheard() []string { return n.different[silence] }

// report prints the table and fails the test where too few rows agree.
func (n *Counts) report(t *testing.T, s Suite) {
	t.Helper()
	name, _, _ := strings.Cut(filepath.Base(s.Transcript), ".")
	all := n.own.plus(n.others)
	var b strings.Builder
	fmt.Fprintf(&b, "\n%-12s %-8s %5s %6s %8s %6s %8s %8s %9s\n", "dialect", "routes", "rows", "agree", "refused", "other", "unheard", "of all", "of usable")
	for _, line := range [...]struct {
		of string
		count
	}{{"own", n.own}, {"others'", n.others}, {"all", all}} {
		fmt.Fprintf(&b, "%-12s %-8s %5d %6d %8d %6d %8d %7.1f%% %8.1f%%\n", name, line.of, line.rows(),
			line.count[agrees], line.count[refused], line.count[other], line.count[silence], 100*line.overall(), 100*line.share())
	}
	if list := n.Unheard(); list != nil {
		fmt.Fprintf(&b, "unheard: %s\n", strings.Join(list, ", "))
	}
	t.Log(b.String())
	if all.share() < least || all[agrees] < s.Agree {
		t.Errorf("%d rows agree, %.1f%%; want %d and at least %.0f%%", all[agrees], 100*all.share(), s.Agree, 100*least)
	}
}
