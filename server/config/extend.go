package config

import "github.com/cardea-auth/cardea/core/api"

// BuiltinPlugin is the prefix of the file of a plugin that is built into the binary, as
// in builtin:short-expiry.
const BuiltinPlugin = "builtin:"

// Hook binds a plugin or an expression to a hook point.
type Hook struct {
	Point   string   `yaml:"point" doc:"Name of the hook point, such as token-claims. 'cardea hooks list' prints them."`
	Order   int      `yaml:"order" default:"0" doc:"Lower runs first; among equals the name decides."`
	Plugin  string   `yaml:"plugin" doc:"Name of the plugin that runs."`
	Expr    string   `yaml:"expr" doc:"Instead of a plugin, one expression over the point's keys, such as min(lifetime, 900) at auth-expire. Its value is the answer: a map sets keys, false refuses, nil does nothing."`
	Allow   []string `yaml:"allow" doc:"Rights of the expression: roles.widen lets it add roles and scopes at login-after, identity-resolved and token-claims, where it can only drop some without. A plugin's rights are in its grants."`
	OnError string   `yaml:"on_error" default:"auto" enum:"auto|deny|skip|last_good" doc:"What a plugin or expression that breaks means. deny: refuse. skip: go on as if it were not there. last_good: ask the version before the last reload, and refuse if there is none. auto: deny at points that decide, skip at points that enrich and at events."`
	Shadow  bool     `yaml:"shadow" default:"false" doc:"Run the plugin, log how its outcome differs, and change nothing: to try a new version beside the one that counts."`
}

// Plugin is one WASM module.
type Plugin struct {
	Name         string                  `yaml:"name" doc:"Name by which hooks refer to the plugin."`
	File         string                  `yaml:"file" kind:"path" doc:"The module; builtin:short-expiry is the sample that is built in. Beside it may lie its manifest (.json), its signature (.jws) and its tests (.vectors.json), which must pass before it goes live."`
	SHA256       string                  `yaml:"sha256" doc:"Digest of the module in lower-case hex. Empty: any content is loaded."`
	Signed       bool                    `yaml:"signed" default:"false" doc:"Refuse the module without a good signature by one of sandbox.signers. A signature that is there must be good in any case."`
	ManifestName string                  `yaml:"manifest_name" doc:"Name that the plugin's manifest must give. Empty: the name above if a signature counts, so that no other plugin of the same signer takes its place, and any otherwise."`
	Config       map[string]string       `yaml:"config" doc:"Settings that the plugin reads; their meaning is the plugin's."`
	Secrets      map[string]PluginSecret `yaml:"secrets" doc:"Secrets that the plugin reads, by name, where grants.secrets lists them."`
	Grants       PluginGrants            `yaml:"grants" doc:"What the plugin may do. It gets nothing that is not both asked for in its manifest and granted here."`
	Limits       PluginLimits            `yaml:"limits" doc:"Bounds on one call of the plugin."`
	Isolation    string                  `yaml:"isolation" default:"reset" enum:"reset|reuse|fresh" doc:"reset restores the memory after each call; fresh makes a new instance for each; reuse leaves the memory to the next call."`
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
	Write   []string    `yaml:"write" doc:"Keys that it may change, such as claim.tier; they may be read as well. Headers are listed one by one, such as header.x-tenant: what a plugin may set at identity-headers is deleted from what clients send."`
	Allow   []string    `yaml:"allow" doc:"Rights beyond keys: exp.extend lets it lengthen lifetimes, route.widen lets it open routes, roles.widen lets it add roles and scopes."`
	Secrets []string    `yaml:"secrets" doc:"Names of the secrets that it may read."`
	KV      bool        `yaml:"kv" default:"false" doc:"Whether it may keep entries of its own."`
	HTTP    []HTTPGrant `yaml:"http" doc:"Where it may send requests. Addresses inside the house are refused unless private is set."`
}

// HTTPGrant allows a plugin to send requests to one URL and the paths below it.
type HTTPGrant struct {
	URL     string   `yaml:"url" doc:"Scheme, host, port and the beginning of the path: https://api.example.org/v1 covers /v1 and what is below it."`
	Methods []string `yaml:"methods" doc:"HTTP methods. Empty: GET."`
	Private bool     `yaml:"private" default:"false" doc:"Let the name lead to an address inside the house, and http stand for https."`
}

// PluginLimits bounds a plugin's calls and the resources that it uses.
type PluginLimits struct {
	ModuleBytes    int      `yaml:"module_bytes" default:"8388608" doc:"Largest module in bytes."`
	MemoryBytes    int      `yaml:"memory_bytes" default:"16777216" doc:"Most memory in bytes for one instance, the stack of its call included, which may have 1 MiB in any case; rounded down to pages of 65536."`
	Instances      int      `yaml:"instances" default:"0" doc:"How many calls may run at the same time. 0: one a core, at least 8 if it keeps entries or sends requests."`
	Wait           Duration `yaml:"wait" default:"50ms" doc:"How long a call waits for a free instance."`
	Deadline       Duration `yaml:"deadline" default:"1s" doc:"How long a call may wait for others: its entries and its requests."`
	Time           Duration `yaml:"time" default:"2s" doc:"How long a call may take by the clock, besides deadline: fuel ends what computes, this what waits for memory."`
	Share          int      `yaml:"share" default:"60" doc:"Percent of all cores' time that the plugin's calls may take together. A plugin that computes for longer is paused, its calls wait, and those that wait longer than wait break as busy. 100: no bound."`
	Fuel           int      `yaml:"fuel" default:"5000000" doc:"Work that one call may do, in units of about 64 instructions; the default ends most runaways within some 50 ms, and time the rest."`
	StartFuel      int      `yaml:"start_fuel" default:"10000000" doc:"Work that starting an instance may do, and configuring it again."`
	Functions      int      `yaml:"functions" default:"20000" doc:"Most functions of the module."`
	TableEntries   int      `yaml:"table_entries" default:"10000" doc:"Most entries of the module's tables."`
	HostCalls      int      `yaml:"host_calls" default:"256" doc:"Most calls from the plugin to Cardea during one call."`
	JournalEntries int      `yaml:"journal_entries" default:"64" doc:"Most changes during one call."`
	JournalBytes   int      `yaml:"journal_bytes" default:"16384" doc:"Most bytes in the changes of one call."`
	LogBytes       int      `yaml:"log_bytes" default:"4096" doc:"Most bytes logged during one call."`
	LogLines       int      `yaml:"log_lines" default:"100" doc:"Most lines logged in one second, of all calls together."`
	Fetches        int      `yaml:"fetches" default:"2" doc:"Most requests during one call."`
	FetchBytes     int      `yaml:"fetch_bytes" default:"65536" doc:"Most bytes in the body of an answer."`
	KVEntries      int      `yaml:"kv_entries" default:"1000" doc:"Most entries that the plugin keeps."`
	KVBytes        int      `yaml:"kv_bytes" default:"1048576" doc:"Most bytes in the keys and values of its entries."`
}

// Sandbox configures what applies to all plugins.
type Sandbox struct {
	Calls   int            `yaml:"calls" default:"0" doc:"How many calls of all plugins may run at the same time. 0: four a core, fewer if memory is short."`
	Watch   Duration       `yaml:"watch" default:"1s" doc:"How often the files of plugins are looked at. What changed replaces the running version if it loads and passes its own tests. 0 is never; 'cardea plugin reload' does it at once."`
	Signers []Signer       `yaml:"signers" doc:"Whose signatures on plugins count."`
	Compile SandboxCompile `yaml:"compile" doc:"Bounds on compiling one module, which happens in a process of its own."`
	Breaker SandboxBreaker `yaml:"breaker" doc:"When a plugin that keeps breaking is disabled."`
}

// Signer is a trusted signer of plugins.
type Signer struct {
	Name string `yaml:"name" doc:"Name of the signer in messages."`
	File string `yaml:"file" kind:"path" doc:"File with the public key (PEM or JWK), such as 'cardea plugin sign --generate' makes beside the private one."`
}

// SandboxCompile limits the compilation of one module.
type SandboxCompile struct {
	CPU         Duration `yaml:"cpu" default:"10s" doc:"Time on the processor."`
	Time        Duration `yaml:"time" default:"60s" doc:"Time by the clock, after which it is killed."`
	MemoryBytes int      `yaml:"memory_bytes" default:"1073741824" doc:"Memory in bytes."`
}

// SandboxBreaker configures when a failing plugin is disabled, and for how long.
type SandboxBreaker struct {
	Failures int      `yaml:"failures" default:"5" doc:"So many failures within window put it aside."`
	Window   Duration `yaml:"window" default:"10s" doc:"The time in which failures are counted."`
	Pause    Duration `yaml:"pause" default:"1s" doc:"How long before one call may try again; it doubles each time that fails."`
	MaxPause Duration `yaml:"max_pause" default:"5m" doc:"The longest pause."`
}
