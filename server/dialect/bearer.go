package dialect

import "strings"

// SplitBearer takes the token out of an Authorization value as a PHP plugin's
// sscanf("Bearer %s") does: the word in exactly this case, then any blanks or
// tabs, also none. ok is false where that finds nothing. All that follows is
// the token: sscanf would stop at the next blank, where another program might
// read on, and what holds a blank is no token.
func SplitBearer(value string) (text string, ok bool) {
	rest, ok := strings.CutPrefix(value, "Bearer")
	text = strings.Trim(rest, blanks)
	return text, ok && text != ""
}
