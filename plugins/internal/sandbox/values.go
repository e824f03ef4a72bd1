package sandbox

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/cardea-auth/cardea/core/ijson"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// parsesJSON reports whether text for a key is parsed as JSON.
func parsesJSON(r *rule, forced bool) bool {
	return r.typ == abi.JSON || forced && r.typ == abi.Any
}

// withinList reports whether all members of list are in all; both are JSON arrays.
func withinList(all, list string) bool {
	var have, want []string
	if json.Unmarshal([]byte(all), &have) != nil || json.Unmarshal([]byte(list), &want) != nil {
		return false
	}
	return !slices.ContainsFunc(want, func(s string) bool { return !slices.Contains(have, s) })
}

// textValue parses the text of set according to the key's type.
func textValue(r *rule, text string) (hooks.Value, bool) {
	switch r.typ {
	case abi.Int:
		n, err := strconv.ParseInt(text, 10, 64)
		return hooks.Int(n), err == nil
	case abi.Bool:
		return hooks.JSON(text), text == "true" || text == "false"
	case abi.JSON:
		return hooks.JSON(text), validJSON(text)
	}
	return hooks.String(text), true
}

// jsonValue parses the text of set_json.
func jsonValue(r *rule, text string) (hooks.Value, bool) {
	switch r.typ {
	case abi.Text:
		return hooks.Value{}, false
	case abi.Any:
		return hooks.JSON(text), validJSON(text)
	}
	return textValue(r, text)
}

// maxDepth bounds the nesting of JSON that a guest sets.
const maxDepth = 32

// validJSON accepts only JSON that all parsers read alike (I-JSON).
func validJSON(text string) bool { return ijson.Valid([]byte(text), maxDepth) }
