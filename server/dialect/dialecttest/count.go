package dialecttest

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// least is the minimum share of rows that must agree.
const least = 0.97

// fate is the result of a row.
type fate int

const (
	agrees  fate = iota
	refused      // intended: the original is unsafe or failed
	other        // any other difference
	silence      // the recorded WordPress never got this request: see Deviation.Unheard
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

// count is the number of rows per result.
type count [fates]int

func (c count) rows() int { return c[agrees] + c[refused] + c[other] + c[silence] }

func (c count) plus(d count) count {
	for i := range d {
		c[i] += d[i]
	}
	return c
}

// overall returns the share of agreeing rows among all rows.
func (c count) overall() float64 { return float64(c[agrees]) / float64(max(1, c.rows())) }

// share returns the share of agreeing rows among those that can be compared and are not
// refused on purpose.
func (c count) share() float64 { return float64(c[agrees]) / float64(max(1, c[agrees]+c[other])) }

// Counts holds the results of the rows of a transcript.
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

// Agree returns the number of rows that agree.
func (n *Counts) Agree() int { return n.own.plus(n.others)[agrees] }

// Different returns the names of the rows that differ for any reason.
func (n *Counts) Different() []string {
	return slices.Concat(n.different[refused], n.different[other], n.different[silence])
}

// Rows returns the number of rows.
func (n *Counts) Rows() int { return n.own.plus(n.others).rows() }

// Unheard returns the names of the rows whose request was never recorded.
func (n *Counts) Unheard() []string { return n.different[silence] }

// report logs the table and fails the test if too few rows agree.
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
