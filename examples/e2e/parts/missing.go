package parts

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"
)

// skipped counts the tests that each missing component cost. It belongs to the
// test binary as a whole: Main reads it when all tests are over.
var skipped struct {
	sync.Mutex
	tests map[string]int
	cure  map[string]string
}

// Missing ends a test that cannot run for want of a component: it is skipped,
// and fails under CARDEA_REQUIRE_ALL=1.
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

// Main runs the tests of a package and says at the end what was skipped. Call it
// from TestMain: os.Exit(parts.Main(m)).
func Main(m *testing.M) int {
	code := m.Run()
	skipped.Lock()
	defer skipped.Unlock()
	for _, c := range slices.Sorted(maps.Keys(skipped.tests)) {
		fmt.Fprintf(os.Stderr, "skipped: %s (%d tests): %s\n", c, skipped.tests[c], skipped.cure[c])
	}
	return code
}
