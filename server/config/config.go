package config

import "reflect"

// Config is the whole configuration. Start from Default or Load: the zero value lacks
// the defaults that the tags set. A Config is plain data and safe for concurrent reads.
type Config struct {
	Server     Server              `yaml:"server" doc:"Listeners and how the process starts and stops."`
	Data       string              `yaml:"data" kind:"path" default:"./cardea-data" doc:"Directory for everything that Cardea keeps: database, keys, caches, control socket."`
	Store      Store               `yaml:"store" doc:"Where users, keys, sessions and revocations are kept."`
	Users      []UserDirectory     `yaml:"users" default:"[{type: store}]" doc:"Directories that know users, asked in this order."`
	Keys       Keys                `yaml:"keys" doc:"The key that signs tokens."`
	Tokens     Tokens              `yaml:"tokens" doc:"Issuer and lifetimes of the tokens that Cardea issues."`
	Issuers    []Issuer            `yaml:"issuers" doc:"Others whose tokens count here as well."`
	Methods    []Method            `yaml:"methods" default:"[{type: basic}, {type: apikey}, {type: jwt}]" doc:"Authentication methods, asked in this order."`
	Mounts     []Mount             `yaml:"mounts" doc:"Login dialects and where they answer."`
	Upstreams  map[string]Upstream `yaml:"upstreams" doc:"Applications behind the gate, by name."`
	Rules      []Rule              `yaml:"rules" doc:"Who may pass where. The most specific rule that matches decides; without one the request is denied."`
	Hooks      []Hook              `yaml:"hooks" doc:"Which plugin runs at which hook point."`
	Plugins    []Plugin            `yaml:"plugins" doc:"WASM modules that hooks may use."`
	Sandbox    Sandbox             `yaml:"sandbox" doc:"What all plugins have in common: signatures, the watch on their files, compiling, and what happens to those that keep breaking."`
	CORS       CORS                `yaml:"cors" doc:"Which pages of other origins may call what is served here."`
	Limits     Limits              `yaml:"limits" doc:"Bounds on what one request may cost."`
	Revocation Revocation          `yaml:"revocation" doc:"How fast a token that was revoked dies, and what revokes it."`
	Log        Log                 `yaml:"log" doc:"What is written to standard error."`

	TrailingSlash string `yaml:"trailing_slash" default:"distinct" enum:"distinct|same" doc:"How rules take a slash at the end of a path. distinct: /admin and /admin/ are two paths, and a rule for one leaves the other to the next rule. same: a rule for one is for both. The upstream gets the path as it came."`
}

// Default returns the configuration for an empty file and an empty environment.
func Default(types Types) Config {
	cfg := types.lists().Blank(reflect.TypeFor[Config]()).Interface().(Config)
	complete(&cfg)
	return cfg
}

// complete sets the defaults that depend on other fields: the name of a user directory
// or method defaults to its type.
func complete(cfg *Config) {
	for i := range cfg.Users {
		cfg.Users[i].Name = orType(cfg.Users[i].Name, cfg.Users[i].Type)
	}
	for i := range cfg.Methods {
		cfg.Methods[i].Name = orType(cfg.Methods[i].Name, cfg.Methods[i].Type)
	}
}

func orType(name, typ string) string {
	if name != "" {
		return name
	}
	return typ
}
