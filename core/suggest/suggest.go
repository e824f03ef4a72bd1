package suggest

// Nearest returns the first of the names that are fewest edits away from word, at most
// most of them; "" if none is. An edit is a byte inserted, deleted or replaced. The work
// grows with the product of the lengths: the caller bounds them.
func Nearest(word string, names []string, most int) string {
	best := ""
	for _, name := range names {
		if d := distance(word, name); d <= most {
			best, most = name, d-1
		}
	}
	return best
}

// distance is the number of edits that turn a into b, counted row by row.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
