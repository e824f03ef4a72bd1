package tree

import "strings"

// FileTwin is the suffix of the setting that names the file of a secret.
const FileTwin = "_file"

// Parent returns the key of what contains the setting: "rules[0]" of "rules[0].path".
func Parent(key string) string {
	return key[:max(0, strings.LastIndexAny(key, ".["))]
}

// IsWithin reports whether key equals parent, is its _file setting, or is below it. No
// key is within "".
func IsWithin(key, parent string) bool {
	rest, ok := strings.CutPrefix(key, parent)
	return ok && parent != "" && (rest == "" || rest == FileTwin || rest[0] == '.' || rest[0] == '[')
}
