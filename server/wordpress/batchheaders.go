package wordpress

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// readHeaders reads the headers of a request in a batch: WordPress hands them to the
// routes like those of a request that comes alone. An empty list is an object to PHP.
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
		return badBatch("a request in the batch has headers that are no object, or too many of them")
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

// headerValues are the strings of a header; what is no string is as it is written.
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
