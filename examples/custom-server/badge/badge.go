package badge

import (
	"context"
	"crypto/subtle"
	"errors"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Config holds the settings of a method of type badge.
type Config struct {
	Header string `yaml:"header" default:"X-Badge" doc:"Header with the badge."`
	Badge  string `yaml:"badge" doc:"The badge."`
	User   string `yaml:"user" doc:"Whose it is."`
}

var _ core.Opener = Config{}

// Open returns the method, or an error if a setting is missing.
func (c Config) Open(name string, _ core.Deps) (core.Method, error) {
	if c.Badge == "" || c.User == "" {
		return nil, errors.New("badge and user must be set")
	}
	return method{c, name}, nil
}

type method struct {
	Config
	name string
}

// Name implements [core.Method].
func (m method) Name() string { return m.name }

// Authenticate implements [core.Method].
func (m method) Authenticate(_ context.Context, a api.Attempt) (api.Identity, error) {
	shown := a.Header.Get(m.Header)
	switch {
	case shown == "":
		return api.Identity{}, core.ErrNotMine
	case subtle.ConstantTimeCompare([]byte(shown), []byte(m.Badge)) != 1:
		return api.Identity{}, api.E(api.Unauthenticated, "unknown_badge", "this badge is not known")
	}
	return api.Identity{Subject: "badge:" + m.User, Login: m.User}, nil
}
