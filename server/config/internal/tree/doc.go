// Package tree reads, prints and describes trees of settings. Their struct types are
// the only description of them: tags hold the key (yaml), the description (doc), the
// default, the allowed values (enum), and mark file names (kind:"path").
//
// server/config uses it for its Config. The package knows no setting by name and reads no
// file or environment: it gets bytes and values, and reports positions by line and column.
//
//	Lists.Blank (defaults) -> Reader.Read (YAML) -> Set (one value) -> Visit
//	Encoder.Write (YAML out)      Lists.Schema (JSON Schema)
//
// The settings of a struct in a field with the tag yaml:",inline" are on the level of the
// surrounding struct, so that several types can share settings.
//
// A setting of one word may also be written as a mapping: the tag mapping:"FIELD" names the
// field of the same struct, a map with the tag yaml:"-", that the mapping is read into.
//
// A list entry may have additional settings that depend on its type: a field with the
// tags variants:"LIST" by:"KEY" holds the struct that Lists has for the type in KEY.
package tree
