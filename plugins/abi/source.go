//go:build !wasip1

package abi

import (
	"embed"
	"io/fs"
)

//go:embed doc.go names.go
var source embed.FS

// Source returns the part of this package's source that a guest needs, for
// `cardea plugin new` to write beside the SDK. Guests themselves do not link it.
func Source() fs.FS { return source }
