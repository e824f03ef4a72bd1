package logtest_test

import (
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core/logtest"
)

func ExampleBuffer() {
	var log logtest.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	logger.Warn("no upstream for rule", "rule", "api")
	logger.Warn("no upstream for rule", "rule", "blog")
	fmt.Println(log.Count("rule=api"), log.Count("no upstream"))
	// Output: 1 2
}

// TestBuffer_concurrent: no line is lost when goroutines write while the test reads.
func TestBuffer_concurrent(t *testing.T) {
	var log logtest.Buffer
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			for range 100 {
				fmt.Fprintln(&log, "line")
				_ = log.String()
			}
		})
	}
	writers.Wait()
	if got := log.Count("line\n"); got != 800 {
		t.Errorf("the buffer has %d lines after 8 goroutines wrote 100 each, want 800", got)
	}
}
