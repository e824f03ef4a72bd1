//go:build !wasip1

package abi

import (
	"embed"
	"io/fs"
)

//go:embed doc.go names.go
var source embed.FS

// Source returns the part of this package's source that a guest needs; `cardea plugin
// new` writes it beside the SDK. Guests do not link it.
func Source() fs.FS { return source }
