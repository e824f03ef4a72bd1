package api

import "fmt"

// SettingError is what is wrong with one setting of a configuration.
type SettingError struct {
	Setting string // its key, below the configuration at hand: "cache_for"
	Text    string // what is wrong and what to write, behind the key: "is 2m, must be at most 1m"

	// Rests are the keys of other settings of the configuration at hand by which this
	// one is wrong: where one of them cannot be read, this is not told.
	Rests []string
}

// Error returns key and text.
func (e *SettingError) Error() string { return e.Setting + ": " + e.Text }

// BadSetting returns a [*SettingError]. Whoever reads the configuration from a file adds
// the line. It must not repeat a secret.
func BadSetting(setting, format string, args ...any) error {
	return &SettingError{Setting: setting, Text: fmt.Sprintf(format, args...)}
}

// IdleSetting returns a [*SettingError] for a setting that has no effect; why says what
// would give it one: "without a secret: write one, or remove it". It has none by the
// settings rests.
func IdleSetting(setting, why string, rests ...string) error {
	return &SettingError{Setting: setting, Text: "has no effect " + why, Rests: rests}
}
