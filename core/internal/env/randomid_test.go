package env_test

import (
	"bytes"
	"testing"

	"github.com/cardea-auth/cardea/core/internal/env"
)

// TestRandomID_leadingDash: an id can be an argument of a command, which reads a leading
// '-' as a flag.
func TestRandomID_leadingDash(t *testing.T) {
	e := &env.Env{Rand: bytes.NewReader(bytes.Repeat([]byte{0xfb}, 16))}
	if id, err := e.RandomID(); err != nil || id != "e_v7-_v7-_v7-_v7-_v7-w" {
		t.Errorf("RandomID() = %q, %v; want \"e_v7-_v7-_v7-_v7-_v7-w\"", id, err)
	}
	if id, err := e.RandomID(); err == nil || id != "" {
		t.Errorf("without randomness: RandomID() = %q, %v; want \"\" and an error", id, err)
	}
}
