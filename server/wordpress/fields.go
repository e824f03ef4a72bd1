package wordpress

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// fields are names of members, as _fields selects them, each with the names of members
// below it; nil below it selects the whole member.
type fields map[string]fields

// selected returns the members of an answer that the query's _fields selects, such as
// "token,data.status", in the answer's order. Without _fields it returns the answer.
func selected(r *http.Request, answer any) any {
	if !strings.Contains(r.URL.RawQuery, "_fields") {
		return answer
	}
	value, _ := Params{query: parsePairs(r.URL.RawQuery)}.Get("_fields")
	paths := fieldPaths(value)
	if len(paths) == 0 {
		return answer
	}
	return pick(answer, hierarchy(paths))
}

// fieldPaths returns the paths that _fields lists: a text is split at commas and blanks,
// the elements of a list are not.
func fieldPaths(value any) []string {
	var list, paths []string
	switch v := value.(type) {
	case string:
		list = strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(", \t\n\v\f\r", r) })
	case []any:
		for _, item := range v {
			text, _ := item.(string)
			list = append(list, text)
		}
	}
	for _, path := range list {
		paths = append(paths, strings.Trim(path, " \t\n\r\x00\v"))
	}
	return paths
}

// hierarchy returns the fields that paths name. As in WordPress, a path below a member that
// is selected as a whole ends the list.
func hierarchy(paths []string) fields {
	all := fields{}
	for _, path := range paths {
		at, names := all, strings.Split(path, ".")
		last := len(names) - 1
		for _, name := range names[:last] {
			below, known := at[name]
			if known && below == nil {
				return all
			}
			if !known {
				below = fields{}
				at[name] = below
			}
			at = below
		}
		at[names[last]] = nil
	}
	return all
}

// pick returns the selected members of an object, or elements of a list by their index.
func pick(value any, wanted fields) any {
	var kept []api.Claim
	keep := func(name string, member any) {
		below, ok := wanted[name]
		if ok && below != nil {
			member = pick(member, below)
		}
		if ok {
			kept = append(kept, api.Claim{Name: name, Value: member})
		}
	}
	switch v := value.(type) {
	case api.Claims:
		for name, member := range v.All {
			keep(name, member)
		}
	case []any:
		for i, element := range v {
			keep(strconv.Itoa(i), element)
		}
	default:
		return value
	}
	return asPHP(kept)
}

// asPHP returns members as PHP encodes an array with these keys: as a list if they are
// 0, 1 and so on, or if there are none.
func asPHP(members []api.Claim) any {
	list := []any{}
	for i, m := range members {
		if m.Name != strconv.Itoa(i) {
			return api.NewClaims(members...)
		}
		list = append(list, m.Value)
	}
	return list
}
