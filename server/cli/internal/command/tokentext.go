package command

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core/credential"
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
		fmt.Fprintln(cmd.ErrOrStderr(), "cardea: warning: what is not of the token was left out: quotation marks, line breaks, and what a header or cookie has around it")
	}
	return text, nil
}

// bareToken returns a token without what may have been copied with it: quotation marks, the
// name of the header or cookie and the attributes behind it, the scheme, and line breaks and
// blanks inside. In a cookie, the number of a site may stand before a refresh token.
func bareToken(text string) string {
	const quotes = "\"'` \t\r\n"
	const forms = session.RefreshPrefix + "|" + credential.KeyPrefix + "|eyJ"
	around := regexp.MustCompile(`(?i)^(?:[a-z][\w-]*["' ]*[:=]|bearer |[a-z][\w-]*\s+(?:` + forms + `)|\d+\.(?:` + session.RefreshPrefix + `))`)
	first := regexp.MustCompile(`^(?:` + forms + `)`)
	for {
		bare := strings.Trim(cookieOf(text, first), quotes+",;")
		if at := around.FindStringIndex(bare); at != nil {
			before := bare[:at[1]]
			for _, prefix := range strings.Split(forms, "|") {
				before = strings.TrimSuffix(before, prefix)
			}
			if rest := bare[len(before):]; strings.Trim(rest, quotes+",;=") != "" {
				bare = rest
			}
		}
		if bare == text {
			return unwrapped(bare, first)
		}
		text = bare
	}
}

// cookieOf returns the part of a list of cookies or attributes that has a credential, or else
// the first one.
func cookieOf(text string, first *regexp.Regexp) string {
	parts := strings.Split(text, ";")
	for _, part := range parts {
		_, value, _ := strings.Cut(part, "=")
		_, numbered, _ := strings.Cut(value, ".")
		if first.MatchString(value) || first.MatchString(numbered) {
			return part
		}
	}
	return cmp.Or(parts[0], text)
}

// unwrapped returns a credential without the line breaks and blanks inside, and any other text
// as it is.
func unwrapped(text string, first *regexp.Regexp) string {
	if first.MatchString(text) {
		return strings.Join(strings.Fields(text), "")
	}
	return text
}
