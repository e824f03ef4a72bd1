package command

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// MaxTokenText is the maximum size of the input in bytes, more than any accepted token has.
const MaxTokenText = 1 << 20

// TokenText returns the token that a command is given, as its argument or on standard input.
// No token is an error.
func TokenText(cmd *cobra.Command, args []string) (string, error) {
	given := ""
	if len(args) == 1 {
		given = args[0]
	} else {
		data, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), MaxTokenText))
		if err != nil {
			return "", fmt.Errorf("read token: %w", err)
		}
		given = string(data)
	}
	given = strings.TrimSpace(given)
	text := bareToken(given)
	if text == "" {
		return "", errors.New("no token is given: pass it as an argument or on standard input")
	}
	if text != given {
		fmt.Fprintln(cmd.ErrOrStderr(), "cardea: warning: quotation marks, and what a header has before the token, were left out")
	}
	return text, nil
}

// bareToken returns a token without the quotation marks, the name of the header and the
// scheme with which it may have been copied.
func bareToken(text string) string {
	for {
		bare := strings.Trim(text, "\"'` \t\r\n")
		for _, before := range []string{"authorization:", "bearer "} {
			if len(bare) >= len(before) && strings.EqualFold(bare[:len(before)], before) {
				bare = bare[len(before):]
			}
		}
		if bare == text {
			return bare
		}
		text = bare
	}
}
