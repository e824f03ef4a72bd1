package config

import "reflect"

// Config is the whole configuration. Start from Default or Load: the zero value lacks
// the defaults that the tags set. A Config is plain data and safe for concurrent reads.
type Config struct {
	Server     Server              `yaml:"server" doc:"Listeners and how the process starts and stops."`
	Data       string              `yaml:"data" kind:"path" default:"./cardea-data" doc:"Directory for everything that Cardea stores: database, keys, caches, control socket."`
	Store      Store               `yaml:"store" doc:"Where users, keys, sessions and revocations are stored."`
	Users      []UserDirectory     `yaml:"users" default:"[{type: store}]" doc:"User directories, in the order in which they are asked."`
	Keys       Keys                `yaml:"keys" doc:"The key that signs tokens."`
	Tokens     Tokens              `yaml:"tokens" doc:"Issuer and lifetimes of the tokens that Cardea issues."`
	Issuers    []Issuer            `yaml:"issuers" doc:"Other issuers whose tokens are accepted."`
	Methods    []Method            `yaml:"methods" default:"[{type: basic}, {type: apikey}, {type: jwt}]" doc:"Authentication methods, in the order in which they are asked."`
	Mounts     []Mount             `yaml:"mounts" doc:"Dialects of login endpoints, and where they are served."`
	Upstreams  map[string]Upstream `yaml:"upstreams" doc:"Applications behind Cardea, by name."`
	Rules      []Rule              `yaml:"rules" doc:"Who may access what. The most specific matching rule decides; without one the request is denied."`
	Hooks      []Hook              `yaml:"hooks" doc:"Which plugins and expressions run at which hook points."`
	Plugins    []Plugin            `yaml:"plugins" doc:"WASM modules that hooks can run."`
	Sandbox    Sandbox             `yaml:"sandbox" doc:"What all plugins have in common: signatures, watching their files, compiling, and disabling those that keep failing."`
	CORS       CORS                `yaml:"cors" doc:"Which pages of other origins may call this server."`
	Limits     Limits              `yaml:"limits" doc:"Limits for what requests may cost."`
	Revocation Revocation          `yaml:"revocation" doc:"How fast revocations take effect, and what revokes tokens."`
	Log        Log                 `yaml:"log" doc:"What is written to standard error."`

	TrailingSlash string `yaml:"trailing_slash" default:"distinct" enum:"distinct|same" doc:"How rules treat a trailing slash. distinct: /admin and /admin/ are two paths, and a rule for one does not match the other. same: a rule for one matches both. The upstream gets the path unchanged."`
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
