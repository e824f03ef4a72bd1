package core

import (
	"errors"
	"fmt"
	"testing"
)

// TestClose_once: Close closes everything that the engine opened once, in reverse order,
// even if one part fails.
func TestClose_once(t *testing.T) {
	e, err := New(t.Context(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	var closed []string
	e.opened = append(e.opened, closing(func() error { closed = append(closed, "first"); return nil }),
		closing(func() error { closed = append(closed, "second"); return errors.New("broken") }))
	if err := e.Close(); err == nil {
		t.Error("the error is not reported")
	}
	if err := e.Close(); err != nil || fmt.Sprint(closed) != "[second first]" {
		t.Errorf("closed %v, then %v", closed, err)
	}
}

type closing func() error

func (c closing) Close() error { return c() }
