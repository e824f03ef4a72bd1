package app

import (
	"errors"
	"strings"

	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/server/config"
)

// settingError says which setting an error is about.
type settingError struct {
	key  string // such as "mounts[0].secret"
	name string // of the entry; "" if it has none
	err  error
}

func (e *settingError) Unwrap() error { return e.err }

func (e *settingError) Error() string {
	if e.name != "" {
		return e.key + " (" + e.name + "): " + e.err.Error()
	}
	return e.key + ": " + e.err.Error()
}

// aboutSetting is err as one about the setting of that key; nil stays nil.
func aboutSetting(key string, err error) error {
	if err == nil {
		return nil
	}
	return &settingError{key: key, err: err}
}

// problemsOf takes an error apart into problems. Those that name no setting get key.
func problemsOf(key string, err error) config.Problems {
	if err == nil {
		return nil
	}
	if one, ok := err.(*settingError); ok {
		return problemsOf(one.key, one.err)
	}
	if bad, ok := err.(*config.Error); ok {
		return bad.Problems
	}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var list config.Problems
		for _, e := range several.Unwrap() {
			list = append(list, problemsOf(key, e)...)
		}
		return list
	}
	text := err.Error()
	if one, ok := errors.AsType[*settingError](err); ok {
		key, text = one.key, one.err.Error()
	}
	text, _, _ = strings.Cut(text, "\n") // what follows shows the place in an expression
	return config.Problems{{Key: key, Text: text + files.Cure(err)}}
}
