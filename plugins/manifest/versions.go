package manifest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// CompareVersions compares dotted numbers, such as 1.10 and v1.9.2. A suffix after a
// hyphen marks a pre-release; a suffix after a plus is ignored. Any other string is older
// than all numbers and equal to all such strings.
func CompareVersions(a, b string) int {
	x, before := parseVersion(a)
	y, beforeToo := parseVersion(b)
	if c := slices.Compare(x, y); c != 0 || x == nil {
		return c
	}
	switch {
	case before == beforeToo:
		return 0
	case before == "":
		return 1
	case beforeToo == "":
		return -1
	}
	return slices.CompareFunc(strings.Split(before, "."), strings.Split(beforeToo, "."), compareLabels)
}

func parseVersion(text string) (numbers []int, before string) {
	text, _, _ = strings.Cut(strings.TrimPrefix(text, "v"), "+")
	text, before, _ = strings.Cut(text, "-")
	for part := range strings.SplitSeq(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil, ""
		}
		numbers = append(numbers, n)
	}
	for len(numbers) > 1 && numbers[len(numbers)-1] == 0 {
		numbers = numbers[:len(numbers)-1] // 1.0 is 1
	}
	return numbers, before
}

// compareLabels orders numbers before words, as semantic versioning does.
func compareLabels(a, b string) int {
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	switch {
	case errX == nil && errY == nil:
		return cmp.Compare(x, y)
	case errX == nil:
		return -1
	case errY == nil:
		return 1
	}
	return strings.Compare(a, b)
}
