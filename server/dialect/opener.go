package dialect

import (
	"errors"
	"time"
)

// Opener opens a dialect from its configuration; the Config of every package below this
// one implements it.
//
// A Config in a configuration file is a struct whose fields have the tags described at
// [core.Opener]. Its settings are on the same level as those of every mount. A Config
// for a WordPress plugin embeds [Common] with the tag yaml:",inline".
type Opener interface {
	// Traits returns what a server needs to know before the dialect is opened. It does
	// not depend on settings.
	Traits() Traits
	// Open returns the dialect at a mount, whose prefix includes the base of Traits.
	Open(Mount) (Dialect, error)
}

// Traits describe a dialect independently of its settings.
type Traits struct {
	Base string // base path of its routes below a mount's prefix, such as /wp-json

	// WordPress means that the dialect replaces a WordPress plugin: Base is a REST API,
	// and requests to the upstream are read as WordPress does.
	WordPress bool
	// OwnTokens means that the dialect has its own token format (Dialect.TokenFormat),
	// whose tokens are valid only at the mount's site. Other dialects issue the
	// engine's tokens.
	OwnTokens bool
}

// OfPlugin returns the traits of a dialect that replaces a WordPress plugin.
func OfPlugin() Traits { return Traits{Base: "/wp-json", WordPress: true, OwnTokens: true} }

// Describer is the optional ability of an [Opener] to describe, in the schema, which
// API the dialect implements.
type Describer interface{ About() string }

// Validator is the optional ability of an [Opener] to validate its settings before
// anything is opened. It joins errors of [api.BadSetting] and [api.IdleSetting]. Enums
// and negative durations are checked by tags and types.
type Validator interface{ Validate(Surroundings) error }

// Surroundings is the configuration outside of a mount that a [Validator] needs.
type Surroundings struct {
	Methods []string // the types of the authentication methods, in order
}

// Ineffective is the optional ability of an [Opener] with a setting that is accepted
// only for compatibility and has no effect: a configuration check reports it, but the
// server starts. It returns an [api.IdleSetting], or nil.
type Ineffective interface{ Ineffective() error }

// Lifetimer is the optional ability of an [Opener] with the settings access_life and
// refresh_life; 0 is the default lifetime.
type Lifetimer interface {
	Lifetimes() (access, refresh time.Duration)
}

// Claimer is the optional ability of an [Opener] with a setting that copies fields of the
// user into tokens: names of fields by the claims that hold them, see [core.UserClaims].
type Claimer interface{ UserClaims() map[string]string }

// The modes of a [ModeChooser].
const (
	JWT    = "jwt"
	Basic  = "basic"
	APIKey = "apikey"
)

// ModeChooser is the optional ability of an [Opener] whose plugin accepts one kind of
// credential on the routes that it protects, selected by the setting mode.
type ModeChooser interface {
	// ChosenMode returns that kind: jwt, basic or apikey; "" is any.
	ChosenMode() string
	// WithMode returns the configuration with that mode.
	WithMode(mode string) Opener
}

// Owns returns the routes that belong to a dialect, see [Owner].
func Owns(o Opener) []string {
	if d, err := probe(o); err == nil {
		if owner, ok := d.(Owner); ok {
			return owner.Owns()
		}
	}
	return nil
}

// Batches returns the batch routes of a dialect, see [Batcher].
func Batches(o Opener) []string {
	if d, err := probe(o); err == nil {
		if b, ok := d.(Batcher); ok {
			return b.Batches()
		}
	}
	return nil
}

// probe opens a dialect at a mount that is not served, to query its abilities.
func probe(o Opener) (Dialect, error) {
	if o == nil {
		return nil, errors.New("no dialect")
	}
	return o.Open(Mount{Name: "probe", Issuer: "probe", Prefix: o.Traits().Base})
}
