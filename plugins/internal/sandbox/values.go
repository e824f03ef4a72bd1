package sandbox

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/cardea-auth/cardea/core/ijson"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// parsesJSON reports whether a text is parsed as JSON on its way into a key.
func parsesJSON(r *rule, forced bool) bool {
	return r.typ == abi.JSON || forced && r.typ == abi.Any
}

// withinList reports whether list has no member that all lacks; both are JSON.
func withinList(all, list string) bool {
	var have, want []string
	if json.Unmarshal([]byte(all), &have) != nil || json.Unmarshal([]byte(list), &want) != nil {
		return false
	}
	return !slices.ContainsFunc(want, func(s string) bool { return !slices.Contains(have, s) })
}

// textValue reads the text of set as the key's type wants it.
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

// jsonValue reads the text of set_json.
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

// validJSON accepts what every reader understands alike.
func validJSON(text string) bool { return ijson.Valid([]byte(text), maxDepth) }
