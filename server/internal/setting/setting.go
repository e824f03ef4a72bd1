package setting

import (
	"errors"
	"net"
	"strings"

	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/server/config"
)

// Error is an error about a setting.
type Error struct {
	Key  string // such as "mounts[0].secret"
	Name string // name of the entry; "" if it has none
	Err  error
}

// Unwrap returns the underlying error.
func (e *Error) Unwrap() error { return e.Err }

// Error returns the message with the setting, and the entry's name if there is one.
func (e *Error) Error() string {
	if e.Name != "" {
		return e.Key + " (" + e.Name + "): " + e.Err.Error()
	}
	return e.Key + ": " + e.Err.Error()
}

// About returns err with the setting's key; nil stays nil.
func About(key string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Key: key, Err: err}
}

// Problems converts an error to problems. Those without a setting get key.
func Problems(key string, err error) config.Problems {
	if err == nil {
		return nil
	}
	if one, ok := err.(*Error); ok {
		return Problems(one.Key, one.Err)
	}
	if bad, ok := err.(*config.Error); ok {
		return bad.Problems
	}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var list config.Problems
		for _, e := range several.Unwrap() {
			list = append(list, Problems(key, e)...)
		}
		return list
	}
	text := err.Error()
	if one, ok := errors.AsType[*Error](err); ok {
		key, text = one.Key, one.Err.Error()
	}
	text, _, _ = strings.Cut(text, "\n")                             // the rest shows the position in an expression
	if _, ofNetwork := errors.AsType[*net.OpError](err); ofNetwork { // its permissions are not those of a file
		return config.Problems{{Key: key, Text: text}}
	}
	return config.Problems{{Key: key, Text: text + files.Cure(err)}}
}
