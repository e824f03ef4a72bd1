package abi

// Defaults of what one plugin may use. All but the last group are configurable.
const (
	MaxModule      = 8 << 20  // bytes of a module: a Go guest has 2 MB, with encoding/json 3.3 MB
	MemoryPages    = 256      // 16 MiB: a Go guest with encoding/json grows to 8 MiB
	HostCalls      = 256      // host calls in one call
	JournalEntries = 64       // changes in one call
	JournalBytes   = 16 << 10 // their keys and values together
	LogBytes       = 4 << 10  // log text of one call

	DeadlineMS      = 250   // milliseconds of one call, waiting for an instance included
	StartDeadlineMS = 5_000 // milliseconds to instantiate and configure

	MaxKey        = 256       // bytes of a key
	MaxValue      = 8 << 10   // bytes of a value that a guest sets
	MaxPublicText = 512       // bytes of a refusal's text
	MaxFailText   = 1 << 10   // bytes of a failure's text
	MaxManifest   = 64 << 10  // bytes of a manifest
	MaxConfig     = 256 << 10 // bytes of a plugin's configuration, keys and values
)
