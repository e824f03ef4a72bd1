package dialect

import "strings"

// SplitBearer extracts the token from an Authorization value like a PHP plugin's
// sscanf("Bearer %s"): "Bearer" is case-sensitive and followed by any number of blanks,
// possibly none. ok is false if there is no token. The rest of the value is the token:
// sscanf would stop at a blank inside it, where other programs might read on; a value
// with blanks is not a valid token.
func SplitBearer(value string) (text string, ok bool) {
	rest, ok := strings.CutPrefix(value, "Bearer")
	text = strings.Trim(rest, blanks)
	return text, ok && text != ""
}
