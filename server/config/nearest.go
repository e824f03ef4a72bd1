package config

// nearest returns the candidate that word was probably meant to be, "" if none is
// close. Long words are not compared: the work stays bounded.
func nearest(word string, candidates []string) string {
	if len(word) > 80 {
		return ""
	}
	best, at := "", max(2, len(word)/4)+1
	for _, c := range candidates {
		if d := distance(word, c); d < at {
			best, at = c, d
		}
	}
	if at >= len(word) {
		return ""
	}
	return best
}

// distance is the number of single-byte insertions, deletions and substitutions
// that turn a into b.
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
