package abi

// Defaults of what one plugin may use. The upper groups are configurable.
const (
	MaxModule      = 8 << 20  // bytes of a module: a Go guest has 2 MB, with encoding/json 3.3 MB
	MemoryPages    = 256      // 16 MiB, the stack included: a Go guest with encoding/json grows to 8 MiB
	HostCalls      = 256      // host calls in one call
	JournalEntries = 64       // changes in one call
	JournalBytes   = 16 << 10 // their keys and values together
	LogBytes       = 4 << 10  // log text of one call
	LogLines       = 100      // log lines in one second, of all calls

	Fuel      = 5_000_000  // units of one call: 15 to 50 ms of most code; a hook burns tens to thousands
	StartFuel = 10_000_000 // units of _initialize and of configure: a Go guest's start burns 300,000
	TimeMS    = 2000       // milliseconds of one call by the clock, waiting for others apart: for guests that wait for memory

	SharePercent = 60 // of all cores' time, what the calls of one plugin may take together

	WaitMS = 50 // milliseconds that a call waits for an instance

	DeadlineMS = 1000     // milliseconds for a call that waits for others: kv, http
	Fetches    = 2        // requests of one call
	FetchBytes = 64 << 10 // body of a response
	KVEntries  = 1000     // keys that a plugin keeps
	KVBytes    = 1 << 20  // their keys and values together

	Functions    = 20_000 // functions of a module: a Go guest has 1,700
	TableEntries = 10_000 // entries of its tables, which the memory's limit does not cover
	Globals      = 1_000
	Types        = 1_000
	Exports      = 256
	Imported     = 128
	Values       = 1_000 // parameters of a function, and results
	NameBytes    = 512   // bytes of the name of an import or export

	// Of one function: the compiler's time grows with their square.
	BodyBytes = 128 << 10
	Locals    = 2_000
	Blocks    = 4_000 // blocks, loops and ifs
	Targets   = 4_000 // branches of its tables

	MaxKey        = 256        // bytes of a key
	MaxValue      = 8 << 10    // bytes of a value that a guest sets
	MaxRequest    = 16 << 10   // bytes of a request of http_fetch
	MaxRandom     = 4 << 10    // bytes that one random fills
	MaxTTL        = 30 * 86400 // seconds that a kv entry lives
	MaxMetrics    = 32         // metric names of a plugin; what is over that is dropped
	MaxPublicText = 512        // bytes of a refusal's text
	MaxFailText   = 1 << 10    // bytes of a failure's text
	MaxManifest   = 64 << 10   // bytes of a manifest
	MaxConfig     = 256 << 10  // bytes of a plugin's configuration, keys and values
)
