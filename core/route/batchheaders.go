package route

import (
	"encoding/json"
	"maps"
	"slices"
)

// BatchHeaders lists the names of the headers that the requests in a batch's JSON
// body carry: WordPress hands them to the routes like those of a request that comes
// alone. The error is as that of [Meaning.Batch], which reads the same body.
func BatchHeaders(body []byte) ([]string, error) {
	var batch map[string]json.RawMessage // a struct would find "Requests" too
	var list []map[string]json.RawMessage
	if json.Unmarshal(body, &batch) != nil || json.Unmarshal(batch["requests"], &list) != nil {
		return nil, badBatch("the batch has no list of requests")
	}
	var names []string
	for _, fields := range list {
		own, ok := memberNames(fields["headers"])
		if !ok {
			return nil, badBatch("a request in the batch has headers that are no object")
		}
		names = append(names, own...)
	}
	return names, nil
}

// memberNames lists the names in a JSON object; an empty list is one to PHP.
func memberNames(text json.RawMessage) (names []string, ok bool) {
	var list []json.RawMessage
	if len(text) == 0 || json.Unmarshal(text, &list) == nil && len(list) == 0 {
		return nil, true
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(text, &object) != nil {
		return nil, false
	}
	return slices.Sorted(maps.Keys(object)), true
}
