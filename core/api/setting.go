package api

import "fmt"

// SettingError describes an invalid setting of a configuration.
type SettingError struct {
	Setting string // its key, relative to the configuration: "cache_for"
	Text    string // what is wrong and what is wanted, following the key: "is 2m, must be at most 1m"

	// Rests lists the keys of other settings of the same configuration that make this one
	// wrong: if one of them cannot be read, this mistake is not reported.
	Rests []string
}

// Error returns key and text.
func (e *SettingError) Error() string { return e.Setting + ": " + e.Text }

// BadSetting returns a [*SettingError]. The configuration loader adds the line. The text
// must not contain a secret.
func BadSetting(setting, format string, args ...any) error {
	return &SettingError{Setting: setting, Text: fmt.Sprintf(format, args...)}
}

// IdleSetting returns a [*SettingError] for a setting that has no effect; why says what
// would give it one: "without a secret: write one, or remove it". It has none by the
// settings rests.
func IdleSetting(setting, why string, rests ...string) error {
	return &SettingError{Setting: setting, Text: "has no effect " + why, Rests: rests}
}
