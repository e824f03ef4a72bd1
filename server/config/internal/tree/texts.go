package tree

import "reflect"

// Texts is a list of texts. A single one may be written without the list.
type Texts []string

var textsType = reflect.TypeFor[Texts]()
