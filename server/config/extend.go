package config

import "github.com/cardea-auth/cardea/core/api"

// BuiltinPlugin is the prefix of the file of a plugin that is built into the binary, as
// in builtin:short-expiry.
const BuiltinPlugin = "builtin:"

// Hook binds a plugin or an expression to a hook point.
type Hook struct {
	Point   string   `yaml:"point" doc:"Name of the hook point, such as token-claims. 'cardea hooks list' prints them."`
	Order   int      `yaml:"order" default:"0" doc:"Lower numbers run first; equal ones in order of name."`
	Plugin  string   `yaml:"plugin" doc:"Name of the plugin to run."`
	Expr    string   `yaml:"expr" doc:"Instead of a plugin: an expression over the point's keys, such as min(lifetime, 900) at auth-expire. A map as its result sets keys, false refuses, nil changes nothing."`
	Allow   []string `yaml:"allow" doc:"Rights of the expression: roles.widen lets it add roles and scopes at login-after, identity-resolved and token-claims; without it, it can only drop some. A plugin's rights are in its grants."`
	OnError string   `yaml:"on_error" default:"auto" enum:"auto|deny|skip|last_good" doc:"What happens if the plugin or expression fails. deny: refuse. skip: continue as if it were not bound. last_good: call the version before the last reload, and refuse if there is none. auto: deny at points that decide, skip at points that enrich and at events."`
	Shadow  bool     `yaml:"shadow" default:"false" doc:"Run the plugin and log how its outcome differs, but change nothing: for trying a new version beside the one in use."`
}

// Plugin is one WASM module.
type Plugin struct {
	Name         string                  `yaml:"name" doc:"Name by which hooks refer to the plugin."`
	File         string                  `yaml:"file" kind:"path" doc:"The module; builtin:short-expiry is the built-in sample. Its manifest (.json), signature (.jws) and tests (.vectors.json) may lie beside it. The tests must pass before the module is used."`
	SHA256       string                  `yaml:"sha256" doc:"Digest of the module in lower-case hex. Empty: any content is loaded."`
	Signed       bool                    `yaml:"signed" default:"false" doc:"Refuse the module unless it has a valid signature by one of sandbox.signers. A signature that is present must be valid in any case."`
	ManifestName string                  `yaml:"manifest_name" doc:"Name that the plugin's manifest must have. Empty: the name above if a signature is required or present, so that no other plugin of the same signer can replace it; otherwise any."`
	Config       map[string]string       `yaml:"config" doc:"Settings for the plugin, which defines their meaning."`
	Secrets      map[string]PluginSecret `yaml:"secrets" doc:"Secrets that the plugin reads, by name, where grants.secrets lists them."`
	Grants       PluginGrants            `yaml:"grants" doc:"What the plugin may do. It gets only what its manifest asks for and what is granted here."`
	Limits       PluginLimits            `yaml:"limits" doc:"Limits for one call of the plugin."`
	Isolation    string                  `yaml:"isolation" default:"reset" enum:"reset|reuse|fresh" doc:"reset restores the memory after each call; fresh creates an instance for each call; reuse leaves the memory to the next call."`
}

// PluginSecret is one secret of a plugin.
type PluginSecret struct {
	Secret     api.Secret `yaml:"secret" doc:"The secret."`
	SecretFile string     `yaml:"secret_file" kind:"path" doc:"File that holds secret."`
}

// PluginGrants lists what the operator allows a plugin. A pattern is a key, or a prefix
// of keys followed by *.
type PluginGrants struct {
	Read    []string    `yaml:"read" doc:"Keys of its hook points that it may read, such as user.login or claim.*."`
	Write   []string    `yaml:"write" doc:"Keys that it may change, such as claim.tier; it may read them as well. Headers are listed one by one, such as header.x-tenant: a header that a plugin may set at identity-headers is deleted from client requests."`
	Allow   []string    `yaml:"allow" doc:"Rights beyond keys: exp.extend lets it lengthen lifetimes, route.widen lets it open routes, roles.widen lets it add roles and scopes."`
	Secrets []string    `yaml:"secrets" doc:"Names of the secrets that it may read."`
	KV      bool        `yaml:"kv" default:"false" doc:"Whether it may store entries of its own."`
	HTTP    []HTTPGrant `yaml:"http" doc:"Where it may send requests. Private addresses are refused unless private is set."`
}

// HTTPGrant allows a plugin to send requests to one URL and the paths below it.
type HTTPGrant struct {
	URL     string   `yaml:"url" doc:"Scheme, host, port and the beginning of the path: https://api.example.org/v1 covers /v1 and what is below it."`
	Methods []string `yaml:"methods" doc:"HTTP methods. Empty: GET."`
	Private bool     `yaml:"private" default:"false" doc:"Allow private addresses, and http instead of https."`
}

// PluginLimits bounds a plugin's calls and the resources that it uses.
type PluginLimits struct {
	ModuleBytes    int      `yaml:"module_bytes" default:"8388608" doc:"Maximum size of the module in bytes."`
	MemoryBytes    int      `yaml:"memory_bytes" default:"16777216" doc:"Maximum memory of one instance in bytes, including the stack of its call, which may always use 1 MiB; rounded down to pages of 65536."`
	Instances      int      `yaml:"instances" default:"0" doc:"How many calls may run at the same time. 0: one per core, at least 8 if it stores entries or sends requests."`
	Wait           Duration `yaml:"wait" default:"50ms" doc:"How long a call waits for a free instance."`
	Deadline       Duration `yaml:"deadline" default:"1s" doc:"How long a call may wait for its stored entries and its requests."`
	Time           Duration `yaml:"time" default:"2s" doc:"Maximum wall-clock time of a call, in addition to deadline. Fuel limits computation; time also limits waiting for memory."`
	Share          int      `yaml:"share" default:"60" doc:"Percent of the time of all cores that the plugin's calls may use together. A plugin that uses more is paused: its calls wait, and those that wait longer than wait fail as busy. 100: no limit."`
	Fuel           int      `yaml:"fuel" default:"5000000" doc:"Work that one call may do, in units of about 64 instructions; the default stops most runaway calls within about 50 ms, and time stops the rest."`
	StartFuel      int      `yaml:"start_fuel" default:"10000000" doc:"Work that starting an instance may do, and reconfiguring it."`
	Functions      int      `yaml:"functions" default:"20000" doc:"Maximum number of functions of the module."`
	TableEntries   int      `yaml:"table_entries" default:"10000" doc:"Maximum number of entries of the module's tables."`
	HostCalls      int      `yaml:"host_calls" default:"256" doc:"Maximum number of calls from the plugin to Cardea during one call."`
	JournalEntries int      `yaml:"journal_entries" default:"64" doc:"Maximum number of changes during one call."`
	JournalBytes   int      `yaml:"journal_bytes" default:"16384" doc:"Maximum size of the changes of one call in bytes."`
	LogBytes       int      `yaml:"log_bytes" default:"4096" doc:"Maximum number of bytes logged during one call."`
	LogLines       int      `yaml:"log_lines" default:"100" doc:"Maximum number of lines logged in one second, by all calls together."`
	Fetches        int      `yaml:"fetches" default:"2" doc:"Maximum number of requests during one call."`
	FetchBytes     int      `yaml:"fetch_bytes" default:"65536" doc:"Maximum size of a response body in bytes."`
	KVEntries      int      `yaml:"kv_entries" default:"1000" doc:"Maximum number of entries that the plugin stores."`
	KVBytes        int      `yaml:"kv_bytes" default:"1048576" doc:"Maximum size of the keys and values of its entries in bytes."`
}

// Sandbox configures what applies to all plugins.
type Sandbox struct {
	Calls   int            `yaml:"calls" default:"0" doc:"How many calls of all plugins may run at the same time. 0: four per core, fewer if memory is short."`
	Watch   Duration       `yaml:"watch" default:"1s" doc:"How often the files of plugins are checked for changes. A changed plugin replaces the running version if it loads and passes its own tests. 0: never; 'cardea plugin reload' checks at once."`
	Signers []Signer       `yaml:"signers" doc:"Whose signatures on plugins are accepted."`
	Compile SandboxCompile `yaml:"compile" doc:"Limits for compiling one module, which is done in a separate process."`
	Breaker SandboxBreaker `yaml:"breaker" doc:"When a plugin that keeps failing is disabled."`
}

// Signer is a trusted signer of plugins.
type Signer struct {
	Name string `yaml:"name" doc:"Name of the signer in messages."`
	File string `yaml:"file" kind:"path" doc:"File with the public key (PEM or JWK), as 'cardea plugin sign --generate' writes it beside the private key."`
}

// SandboxCompile limits the compilation of one module.
type SandboxCompile struct {
	CPU         Duration `yaml:"cpu" default:"10s" doc:"CPU time that the process may use."`
	Time        Duration `yaml:"time" default:"60s" doc:"Wall-clock time, after which the process is killed."`
	MemoryBytes int      `yaml:"memory_bytes" default:"1073741824" doc:"Memory in bytes."`
}

// SandboxBreaker configures when a failing plugin is disabled, and for how long.
type SandboxBreaker struct {
	Failures int      `yaml:"failures" default:"5" doc:"Number of failures within window that disables the plugin."`
	Window   Duration `yaml:"window" default:"10s" doc:"Time in which failures are counted."`
	Pause    Duration `yaml:"pause" default:"1s" doc:"How long it is disabled before one call may try again; doubled each time that fails."`
	MaxPause Duration `yaml:"max_pause" default:"5m" doc:"Longest time between two tries."`
}
