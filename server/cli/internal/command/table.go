package command

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/cardea-auth/cardea/core/printable"
)

// Table prints rows of cells in columns. Cells may contain untrusted text: it cannot leave
// its cell.
type Table struct{ *tabwriter.Writer }

// NewTable starts a table. The head is optional.
func NewTable(w io.Writer, head ...string) Table {
	t := Table{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
	if len(head) > 0 {
		fmt.Fprintln(t, strings.Join(head, "\t"))
	}
	return t
}

// Row adds a row. Its cells are written as [fmt.Sprint] writes them.
func (t Table) Row(cells ...any) {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		texts[i] = printable.Text(fmt.Sprint(cell))
	}
	fmt.Fprintln(t, strings.Join(texts, "\t"))
}

// Below adds a line that belongs to the row above.
func (t Table) Below(what, text string) {
	fmt.Fprintf(t, "\t  %s%s\n", what, printable.Line(text))
}
