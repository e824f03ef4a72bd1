package config

// BuiltinPlugin starts the file of a plugin that is built into the binary, as in
// builtin:short-expiry.
const BuiltinPlugin = "builtin:"

// Hook binds a plugin or an expression to a hook point.
type Hook struct {
	Point   string `yaml:"point" doc:"Name of the hook point, such as token-claims. 'cardea hooks list' prints them."`
	Order   int    `yaml:"order" default:"0" doc:"Lower runs first; among equals the name decides."`
	Plugin  string `yaml:"plugin" doc:"Name of the plugin that runs."`
	Expr    string `yaml:"expr" doc:"Instead of a plugin, one expression over the point's keys, such as min(lifetime, 900) at auth-expire. Its value is the answer: a map sets keys, false refuses, nil does nothing."`
	OnError string `yaml:"on_error" default:"deny" enum:"deny|skip" doc:"What a plugin or expression that breaks means: refuse, or go on as if it were not there."`
}

// Plugin is one WASM module.
type Plugin struct {
	Name      string              `yaml:"name" doc:"Name by which hooks refer to the plugin."`
	File      string              `yaml:"file" kind:"path" doc:"The module; builtin:short-expiry is the sample that is built in."`
	SHA256    string              `yaml:"sha256" doc:"Digest of the module in lower-case hex. Empty: any content is loaded."`
	Config    map[string]string   `yaml:"config" doc:"Settings that the plugin reads; their meaning is the plugin's."`
	Grants    map[string][]string `yaml:"grants" doc:"What the plugin may do: read and write list keys of its hook points, such as claim.tier or claim.*, allow lists rights, such as exp.extend. It gets nothing that is not both asked for and granted."`
	Limits    PluginLimits        `yaml:"limits" doc:"Bounds on one call of the plugin."`
	Isolation string              `yaml:"isolation" default:"reset" enum:"reset|reuse|fresh" doc:"reset restores the memory after each call; fresh makes a new instance for each; reuse leaves the memory to the next call."`
}

// PluginLimits bounds one call of a plugin and the room that it takes.
type PluginLimits struct {
	ModuleBytes    int      `yaml:"module_bytes" default:"8388608" doc:"Largest module in bytes."`
	MemoryBytes    int      `yaml:"memory_bytes" default:"16777216" doc:"Most memory in bytes for one instance; rounded down to pages of 65536."`
	Instances      int      `yaml:"instances" default:"8" doc:"How many calls may run at the same time."`
	Wait           Duration `yaml:"wait" default:"50ms" doc:"How long a call waits for a free instance."`
	Fuel           int      `yaml:"fuel" default:"5000000" doc:"Work that one call may do, in units of about 64 instructions; the default ends a runaway within some 50 ms."`
	StartFuel      int      `yaml:"start_fuel" default:"10000000" doc:"Work that starting an instance may do, and configuring it again."`
	Functions      int      `yaml:"functions" default:"20000" doc:"Most functions of the module."`
	TableEntries   int      `yaml:"table_entries" default:"10000" doc:"Most entries of the module's tables."`
	HostCalls      int      `yaml:"host_calls" default:"256" doc:"Most calls from the plugin to Cardea during one call."`
	JournalEntries int      `yaml:"journal_entries" default:"64" doc:"Most changes during one call."`
	JournalBytes   int      `yaml:"journal_bytes" default:"16384" doc:"Most bytes in the changes of one call."`
	LogBytes       int      `yaml:"log_bytes" default:"4096" doc:"Most bytes logged during one call."`
}
