package suggest

// Nearest returns the first name with the smallest edit distance to word, or "" if every
// distance is greater than most. An edit inserts, deletes or replaces a byte. The cost
// grows with the product of the lengths, which the caller must limit.
func Nearest(word string, names []string, most int) string {
	best := ""
	for _, name := range names {
		if d := distance(word, name); d <= most {
			best, most = name, d-1
		}
	}
	return best
}

// distance returns the edit distance of a and b.
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
