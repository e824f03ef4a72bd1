// Package domain tells domains of one owner from those below which everybody can
// register a name. It knows the public suffix list, as compiled into the binary.
package domain
