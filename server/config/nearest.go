package config

import "github.com/cardea-auth/cardea/core/suggest"

// nearest returns the candidate that word was probably meant to be, "" if none is
// close. Long words are not compared: the work stays bounded.
func nearest(word string, candidates []string) string {
	if len(word) > 80 {
		return ""
	}
	return suggest.Nearest(word, candidates, min(max(2, len(word)/4), len(word)-1))
}
