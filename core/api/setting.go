package api

import "fmt"

// SettingError is what is wrong with one setting of a configuration.
type SettingError struct {
	Setting string // its key, below the configuration at hand: "cache_for"
	Text    string // what is wrong and what to write, behind the key: "is 2m, must be at most 1m"
}

// Error returns key and text.
func (e *SettingError) Error() string { return e.Setting + ": " + e.Text }

// BadSetting returns a [*SettingError]. Whoever reads the configuration from a file adds
// the line. It must not repeat a secret.
func BadSetting(setting, format string, args ...any) error {
	return &SettingError{Setting: setting, Text: fmt.Sprintf(format, args...)}
}
