package abi

// Default limits of one plugin. Those in manifest.Limits can be configured; the server's
// defaults for them are in config.PluginLimits.
const (
	MaxModule      = 8 << 20  // bytes of a module: a Go guest has 2 MB, with encoding/json 3.3 MB
	MemoryPages    = 256      // 16 MiB including the stack: a Go guest with encoding/json grows to 8 MiB
	HostCalls      = 256      // host calls in one hook call
	JournalEntries = 64       // changes in one hook call
	JournalBytes   = 16 << 10 // bytes of their keys and values together
	LogBytes       = 4 << 10  // bytes of log text in one hook call
	LogLines       = 100      // log lines per second, over all calls

	Fuel      = 5_000_000  // units per hook call: 15 to 50 ms of most code; a typical hook burns tens to thousands
	StartFuel = 10_000_000 // units of _initialize and of configure: a Go guest's start burns 300,000
	TimeMS    = 2000       // milliseconds of wall-clock time per hook call, without waiting for kv and http: for guests that are slow because of memory

	SharePercent = 60 // percent of all cores' time that the calls of one plugin may use together

	WaitMS = 50 // milliseconds that a hook call waits for an instance

	DeadlineMS = 1000     // milliseconds that a hook call may wait for kv and http
	Fetches    = 2        // requests in one hook call
	FetchBytes = 64 << 10 // bytes of a response body
	KVEntries  = 1000     // keys per plugin
	KVBytes    = 1 << 20  // bytes of their keys and values together

	Functions    = 20_000 // functions of a module: a Go guest has 1,700
	TableEntries = 10_000 // entries of its tables, which the memory limit does not cover
	Globals      = 1_000
	Types        = 1_000
	Exports      = 256
	Imported     = 128
	Values       = 1_000 // parameters or results of a function
	NameBytes    = 512   // bytes of the name of an import or export

	// Limits of one function: compile time grows with their square.
	BodyBytes = 128 << 10
	Locals    = 2_000
	Blocks    = 4_000 // blocks, loops and ifs
	Targets   = 4_000 // branches of its br_table instructions

	MaxKey        = 256        // bytes of a key
	MaxValue      = 8 << 10    // bytes of a value that a guest sets
	MaxRequest    = 16 << 10   // bytes of an http_fetch request
	MaxRandom     = 4 << 10    // bytes that one call of random fills
	MaxTTL        = 30 * 86400 // seconds until a kv entry expires
	MaxMetrics    = 32         // metric names per plugin; others are dropped
	MaxPublicText = 512        // bytes of a refusal's text
	MaxFailText   = 1 << 10    // bytes of a failure's text
	MaxManifest   = 64 << 10   // bytes of a manifest
	MaxConfig     = 256 << 10  // bytes of a plugin's configuration, keys and values
)
