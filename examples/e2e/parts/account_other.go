//go:build !linux

package parts

import (
	"os"
	"os/exec"
	"testing"
)

// On other systems components run under the account of the test.

func own(testing.TB, string) {}

func lower(*exec.Cmd) {}

func terminate(p *os.Process) { _ = p.Kill() }

func kill(p *os.Process) { _ = p.Kill() }
