package wordpress

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// readHeaders parses the headers of a request in a batch, which WordPress passes to the
// route like those of any request. PHP treats an empty list as an object.
func readHeaders(in *route.Inner, object value) error {
	isEmpty := object.elements(func(value) bool { return false })
	if object == nil || isEmpty {
		return nil
	}
	in.Header = api.Header{}
	n := 0
	if !object.members(func(name string, of value) bool {
		in.Header[name] = headerValues(of)
		n++
		return n <= maxHeaders
	}) {
		return badBatch("a request in the batch has headers that are not an object, or too many of them")
	}
	seen := map[string]bool{}
	for name := range in.Header {
		if seen[route.Alias(name)] {
			return badBatch("a request in the batch has a header in two spellings")
		}
		seen[route.Alias(name)] = true
	}
	return nil
}

// headerValues returns the string values of a header; other values are returned as
// their JSON text.
func headerValues(v value) (list []string) {
	if v.elements(func(one value) bool {
		list = append(list, one.plain())
		return len(list) < maxHeaders
	}) {
		return list
	}
	return append(list, v.plain())
}

func (v value) plain() string {
	var s string
	if v.isText(&s) {
		return s
	}
	return string(v)
}
