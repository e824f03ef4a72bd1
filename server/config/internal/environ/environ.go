package environ

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

// Prefix begins the names of all variables that set something.
const Prefix = "CARDEA_"

// testSwitch is set by the project's own tests when they start the binary.
const testSwitch = "CARDEA_REQUIRE_ALL"

// serviceLink matches the variables that Kubernetes adds to every container for a
// Service whose name starts with "cardea"; they are not settings.
var serviceLink = regexp.MustCompile(
	`^CARDEA_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)=` +
		`|^CARDEA_([A-Z0-9_]+_)?PORT=(tcp|udp|sctp)://`)

// Report receives what [Read] finds.
type Report interface {
	// SetBy reports the variable that sets a setting.
	SetBy(key, variable string)
	// WrongIn reports a mistake in a variable. The key is "" if it names no setting.
	WrongIn(key, variable, text string)
}

// Read sets the settings of the struct top that the variables name, which have the form of
// os.Environ. An unknown variable is a mistake, since the operator would otherwise think
// that it has an effect.
func Read(vars []string, top reflect.Value, r Report) {
	for _, v := range vars {
		name, text, _ := strings.Cut(v, "=")
		if !strings.HasPrefix(name, Prefix) || name == testSwitch {
			continue
		}
		path, t := lookup(top.Type(), strings.Split(strings.TrimPrefix(name, Prefix), "__"))
		switch {
		case t != nil:
			override(top, path, name, text, r)
		case !serviceLink.MatchString(v):
			r.WrongIn("", name, "is not a setting; "+hint(top.Type(), name, path))
		}
	}
}

// lookup follows the parts of a variable's name down the tree. The type is nil unless
// they end at a scalar or a list of strings.
func lookup(top reflect.Type, parts []string) (path []string, t reflect.Type) {
	t = top
	for _, part := range parts {
		key := strings.ToLower(part)
		if part != strings.ToUpper(part) || part == "" {
			return path, nil
		}
		switch t.Kind() {
		case reflect.Struct:
			f, ok := tree.FieldOf(t, key)
			if !ok {
				return path, nil
			}
			t = f.Type
		case reflect.Map:
			key, t = strings.ReplaceAll(key, "_", "-"), t.Elem()
		default:
			return path, nil
		}
		path = append(path, key)
	}
	if !tree.IsScalar(t) && !tree.IsTexts(t) {
		return path, nil
	}
	return path, t
}

func override(top reflect.Value, path []string, name, text string, r Report) {
	key := ""
	for _, part := range path {
		key = tree.Join(key, part)
	}
	if complaint := tree.Set(top, path, text); complaint != "" {
		r.WrongIn(key, name, complaint)
		return
	}
	r.SetBy(key, name)
}

// hint says what a variable that names no setting could have meant. reached is the part of
// its path that exists.
func hint(top reflect.Type, name string, reached []string) string {
	if len(reached) > 0 && slices.Contains(fileOnly(top), reached[0]) {
		return "lists such as " + reached[0] + " are set in the file"
	}
	name = strings.ToUpper(name)
	known := variables(top, Prefix)
	if i := slices.IndexFunc(known, func(n string) bool { return strings.HasPrefix(n, name+"__") }); i >= 0 {
		return "it is a group; write a setting of it, such as " + known[i]
	}
	if near := tree.Nearest(name, known); near != "" {
		return "did you mean " + near + "?"
	}
	return "'cardea config schema' lists all settings; two underscores step down one level"
}

// fileOnly lists the top-level settings that the environment cannot set.
func fileOnly(top reflect.Type) []string {
	var keys []string
	for _, f := range tree.FieldsOf(top) {
		if f.Type.Kind() == reflect.Slice && !tree.IsTexts(f.Type) {
			keys = append(keys, f.Key)
		}
	}
	return keys
}

// variables lists the variables of all settings whose names are fixed.
func variables(t reflect.Type, prefix string) []string {
	var names []string
	for _, f := range tree.FieldsOf(t) {
		name := prefix + strings.ToUpper(f.Key)
		switch {
		case f.Type.Kind() == reflect.Struct:
			names = append(names, variables(f.Type, name+"__")...)
		case tree.IsScalar(f.Type) || tree.IsTexts(f.Type):
			names = append(names, name)
		}
	}
	return names
}
