package passhash

import (
	"testing"
	"time"
)

// TestStartProcessor: time in which the process does nothing does not count where the
// system tells the time of the processor.
func TestStartProcessor(t *testing.T) {
	if processorTime() < 0 {
		t.Fatal("the system does not tell the time of the processor")
	}
	const pause = 200 * time.Millisecond
	used := startProcessor()
	time.Sleep(pause)
	if got := used(); got < 0 || got >= pause {
		t.Errorf("a pause of %v counts as %v", pause, got)
	}
}
