// Package tree reads, prints and describes trees of settings. Their struct types are
// the only description of them: tags hold the key (yaml), the sentence for people
// (doc), the default, the permitted words (enum), and what is a file's name
// (kind:"path").
//
// server/config uses it for its Config. It knows no setting by name, no file and no
// environment: it gets bytes and values, and reports places by line and column.
//
//	Lists.Blank (defaults) -> Reader.Read (YAML) -> Set (one value) -> Visit
//	Encoder.Write (YAML out)      Lists.Schema (JSON Schema)
//
// The settings of a struct in a field with the tag yaml:",inline" lie beside those of
// the struct around it, so that several types may share some.
//
// An entry of a list may have the settings of a type that it names: a field with the
// tag variants:"LIST" by:"KEY" holds the struct that Lists has for the type.
package tree
