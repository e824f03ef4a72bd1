package parts

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"
)

// skipped counts the tests skipped for each missing component. It is global to the test
// binary: Main reads it after all tests.
var skipped struct {
	sync.Mutex
	tests map[string]int
	cure  map[string]string
}

// Missing skips a test because a component is missing; with CARDEA_REQUIRE_ALL=1 the test
// fails.
func Missing(t testing.TB, component, cure string) {
	t.Helper()
	if os.Getenv("CARDEA_REQUIRE_ALL") == "1" {
		t.Fatalf("%s is missing and CARDEA_REQUIRE_ALL=1: %s", component, cure)
	}
	skipped.Lock()
	if skipped.tests == nil {
		skipped.tests, skipped.cure = map[string]int{}, map[string]string{}
	}
	skipped.tests[component]++
	skipped.cure[component] = cure
	skipped.Unlock()
	t.Skipf("%s is missing: %s", component, cure)
}

// Main runs the tests of a package and reports at the end what was skipped. Call it in
// TestMain: os.Exit(parts.Main(m)).
func Main(m *testing.M) int {
	code := m.Run()
	skipped.Lock()
	defer skipped.Unlock()
	for _, c := range slices.Sorted(maps.Keys(skipped.tests)) {
		fmt.Fprintf(os.Stderr, "skipped: %s (%d tests): %s\n", c, skipped.tests[c], skipped.cure[c])
	}
	return code
}
