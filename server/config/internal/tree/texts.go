package tree

import "reflect"

// Texts is a list of strings. In YAML a single string may be written without the list.
type Texts []string

var textsType = reflect.TypeFor[Texts]()
