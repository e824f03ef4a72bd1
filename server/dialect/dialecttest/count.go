package dialecttest

import (
	"fmt"
	"strings"
	"testing"
)

// least is the share of rows that must agree.
const least = 0.97

// count is what became of rows.
type count struct{ rows, agree, refused, other int }

func (c *count) add(agrees, refused bool) {
	c.rows++
	switch {
	case agrees:
		c.agree++
	case refused:
		c.refused++
	default:
		c.other++
	}
}

func (c count) plus(d count) count {
	return count{c.rows + d.rows, c.agree + d.agree, c.refused + d.refused, c.other + d.other}
}

// share is how many agree of those that are not refused on purpose.
func (c count) share() float64 { return float64(c.agree) / float64(max(1, c.rows-c.refused)) }

// report prints the table and fails the test where too few rows agree.
func report(t *testing.T, name string, own, others count) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "\n%-12s %-8s %5s %6s %8s %6s %7s\n", "dialect", "routes", "rows", "agree", "refused", "other", "share")
	for _, line := range [...]struct {
		of string
		count
	}{{"own", own}, {"others'", others}, {"all", own.plus(others)}} {
		fmt.Fprintf(&b, "%-12s %-8s %5d %6d %8d %6d %6.1f%%\n", name, line.of, line.rows, line.agree, line.refused, line.other, 100*line.share())
	}
	t.Log(b.String())
	if all := own.plus(others); all.share() < least {
		t.Errorf("%.1f%% of the rows agree, want at least %.0f%%", 100*all.share(), 100*least)
	}
}
