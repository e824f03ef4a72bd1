package check

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestCheckRoom: a full disk still allows creating a file; the check finds it by writing.
func TestCheckRoom(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	if err := checkRoom(full); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a full device: got %v, want error %q", err, syscall.ENOSPC)
	}
	free, err := os.Create(filepath.Join(t.TempDir(), "probe"))
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	if err := checkRoom(free); err != nil {
		t.Errorf("a free one: %v", err)
	}
}
