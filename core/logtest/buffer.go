package logtest

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// Buffer keeps what is written to it. The zero value is empty and ready for use. It is safe
// for concurrent use and must not be copied.
type Buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

var _ io.Writer = (*Buffer)(nil)

// Write appends p. It never returns an error.
func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// String returns what was written so far.
func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// Count returns how often text occurs in what was written so far.
func (b *Buffer) Count(text string) int { return strings.Count(b.String(), text) }

// Reset forgets what was written so far.
func (b *Buffer) Reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text.Reset()
}
