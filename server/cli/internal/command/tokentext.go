package command

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core/session"
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

// bareToken returns a token without the quotation marks, the name of the header or cookie and
// the scheme with which it may have been copied. In a cookie, the number of a site may stand
// before a refresh token.
func bareToken(text string) string {
	const quotes = "\"'` \t\r\n"
	around := regexp.MustCompile(`(?i)^(?:[a-z][\w-]*["' ]*[:=]|bearer |\d+\.(?:` + session.RefreshPrefix + `))`)
	for {
		bare := strings.Trim(text, quotes+",;")
		if at := around.FindString(bare); at != "" {
			bare = bare[len(strings.TrimSuffix(at, session.RefreshPrefix)):]
		}
		if bare == text {
			return bare
		}
		text = bare
	}
}
