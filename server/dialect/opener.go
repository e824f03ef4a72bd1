package dialect

import (
	"errors"
	"time"
)

// Opener makes a dialect from its configuration; the Config of every package below this
// one is one.
//
// A Config that a configuration file can hold is a struct whose fields have the tags that
// [core.Opener] describes. Its settings lie beside those that every mount has. A Config
// of a WordPress plugin's dialect embeds [Common] with the tag yaml:",inline".
type Opener interface {
	// Traits is what a server must know of the dialect before it is opened. It does not
	// depend on settings.
	Traits() Traits
	// Open returns the dialect at a mount, whose prefix includes the base of Traits.
	Open(Mount) (Dialect, error)
}

// Traits are what a dialect is, whatever its settings.
type Traits struct {
	Base string // where its paths stand below a mount's prefix, such as /wp-json

	// WordPress says that it stands in for a plugin of a WordPress: Base is a REST API,
	// and what is behind the mount is read as a WordPress.
	WordPress bool
	// OwnTokens says that it has a token format of its own (Dialect.TokenFormat), whose tokens
	// count at the mount's own site only. The others issue the engine's tokens.
	OwnTokens bool
}

// OfPlugin are the traits of a dialect that stands in for a plugin of a WordPress.
func OfPlugin() Traits { return Traits{Base: "/wp-json", WordPress: true, OwnTokens: true} }

// Describer is the optional ability of an [Opener] to say in the schema whose contract the
// dialect is, for people who choose one.
type Describer interface{ About() string }

// Validator is the optional ability of an [Opener] to find what is wrong with its
// settings before anything is opened. It joins errors of [api.BadSetting] and
// [api.IdleSetting]. Words and negative durations are checked by their tags and types.
type Validator interface{ Validate(Surroundings) error }

// Surroundings is what a configuration holds besides a mount.
type Surroundings struct {
	Methods []string // the types of its authentication methods, in their order
}

// Ineffective is the optional ability of an [Opener] with a setting that is taken for the
// sake of old files and has no effect: a check of the configuration refuses it, and a
// server that has it starts nevertheless. It returns an [api.IdleSetting], or nil.
type Ineffective interface{ Ineffective() error }

// Lifetimer is the optional ability of an [Opener] whose settings access_life and
// refresh_life say how long its tokens live; 0: as usual.
type Lifetimer interface {
	Lifetimes() (access, refresh time.Duration)
}

// The modes of a [ModeChooser].
const (
	JWT    = "jwt"
	Basic  = "basic"
	APIKey = "apikey"
)

// ModeChooser is the optional ability of an [Opener] whose plugin takes one kind of
// credential at a time on the routes that it protects, as its setting mode says.
type ModeChooser interface {
	// ChosenMode is that kind: jwt, basic or apikey; "" is any.
	ChosenMode() string
	// WithMode returns the configuration with that mode.
	WithMode(mode string) Opener
}

// Owns returns the routes that a dialect has for its own, see [Owner].
func Owns(o Opener) []string {
	if d, err := probe(o); err == nil {
		if owner, ok := d.(Owner); ok {
			return owner.Owns()
		}
	}
	return nil
}

// Batches returns the routes that carry requests for others, see [Batcher].
func Batches(o Opener) []string {
	if d, err := probe(o); err == nil {
		if b, ok := d.(Batcher); ok {
			return b.Batches()
		}
	}
	return nil
}

// probe opens a dialect for what it says of itself, at a mount that serves nothing.
func probe(o Opener) (Dialect, error) {
	if o == nil {
		return nil, errors.New("no dialect")
	}
	return o.Open(Mount{Name: "probe", Issuer: "probe", Prefix: o.Traits().Base})
}
