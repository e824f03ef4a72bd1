package plugins

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// checkIdentity refuses a plugin that was signed under another name than the one
// that the operator means: a signature says who made it, and a signer makes more
// than one, each to be granted something else.
func (s *source) checkIdentity(m Manifest) error {
	want := s.spec.ManifestName
	if want == "" && s.signer != "" {
		want = s.spec.Name
	}
	switch {
	case want == "" || m.Name == want:
		return nil
	case m.Name == "":
		return fmt.Errorf("it has no manifest that calls it %q: a signed plugin needs one, so that no other of the same signer takes its place", want)
	}
	return fmt.Errorf("its manifest calls it %q, %q is expected: put the right file there or, if this is the one you mean, give manifest_name: %s", m.Name, want, m.Name)
}

// checkNewer refuses a reload that leads a signed plugin back to an older version,
// which its author has replaced for a reason: whoever can write to the directory
// could pick the one with the hole. Who pins the module has chosen it.
func (v *version) checkNewer(running *version) error {
	if v.manifest.Name != running.manifest.Name || compareVersions(v.manifest.Version, running.manifest.Version) >= 0 {
		return nil
	}
	if v.source.signer != "" && v.source.spec.SHA256 == "" {
		return fmt.Errorf("its version %q is older than %q, which runs: to go back pin it (sha256), or restart", v.manifest.Version, running.manifest.Version)
	}
	v.log.Warn("plugin goes back to an older version", "version", v.manifest.Version, "was", running.manifest.Version)
	return nil
}

// compareVersions compares dotted numbers, such as 1.10 and v1.9.2; what follows a
// hyphen marks one before the release, what follows a plus says nothing. Anything
// else is older than all numbers, and as old as its like.
func compareVersions(a, b string) int {
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

// compareLabels puts numbers before words, as semantic versions do.
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
