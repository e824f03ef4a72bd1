package shortexpiry

import _ "embed"

// Name is the plugin's name, in its manifest and in bindings.
const Name = "short-expiry"

var (
	//go:embed short-expiry.wasm
	module string
	//go:embed short-expiry.json
	manifestJSON string
	//go:embed SHA256SUMS
	sums string
)

// Module returns the small build, less than 20 KB.
func Module() []byte { return []byte(module) }

// Manifest returns the module's manifest.
func Manifest() []byte { return []byte(manifestJSON) }

// SHA256 returns the digest of Module in hexadecimal.
func SHA256() string { return sums[:64] }
