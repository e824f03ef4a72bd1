package api

import "fmt"

// SettingError describes an invalid setting of a configuration.
type SettingError struct {
	Setting string // its key, relative to the configuration: "cache_for"
	Text    string // what is wrong and what is wanted, following the key: "is 2m, must be at most 1m"
}

// Error returns key and text.
func (e *SettingError) Error() string { return e.Setting + ": " + e.Text }

// BadSetting returns a [*SettingError]. The configuration loader adds the line. The text
// must not contain a secret.
func BadSetting(setting, format string, args ...any) error {
	return &SettingError{Setting: setting, Text: fmt.Sprintf(format, args...)}
}
