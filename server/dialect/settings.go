package dialect

import "slices"

// PluginSettings are the settings of a mount, by their names in configuration, that
// have an effect in every plugin's dialect, and those that one has besides. A
// setting that a dialect does not list is refused where it is written: it is meant,
// and nothing would come of it.
func PluginSettings(besides ...string) []string {
	return slices.Concat([]string{"secret", "allow_weak_secret", "issuer", "on_bad_token", "claims", "access_life"}, besides)
}
