package command

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/config"
)

// TestWarn: that no server starts with a configuration is not said where this user may not
// read a file of it.
func TestWarn(t *testing.T) {
	denied := &os.PathError{Op: "open", Path: "shop.secret", Err: syscall.EACCES}
	for text, starts := range map[string]bool{
		"is not a key": false, fmt.Sprint(denied): true,
	} {
		var b bytes.Buffer
		cmd := &cobra.Command{}
		cmd.SetErr(&b)
		partial{problems: config.Problems{{Key: "mounts[0].secret_file", Text: text}}}.warn(cmd, noServer+leftOut)
		if said := b.String(); strings.Contains(said, "no server starts") == starts || strings.Contains(said, "as the account that runs the server") != starts || !strings.Contains(said, leftOut) {
			t.Errorf("%s: got %s, want that a server starts: %v", text, said, starts)
		}
	}
}
