// Package domain distinguishes domains of one owner from those under which anyone can
// register a name. It uses the public suffix list that is compiled into the binary.
package domain
