package cli

import "testing"

func TestHello(t *testing.T) {
	if code, out := tool(t, "", "hello", "anna"); code != 0 || out != "hello anna\n" {
		t.Errorf("exit %d, %q", code, out)
	}
}
