package porter

import (
	"context"
	"crypto/subtle"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Config configures the method.
type Config struct {
	Word string `yaml:"word" doc:"What the header X-Porter must say."`
}

var _ core.Opener = Config{}

// Open implements [core.Opener].
func (c Config) Open(name string, _ core.Deps) (core.Method, error) { return method{c, name}, nil }

type method struct {
	Config
	name string
}

// Name implements [core.Method].
func (m method) Name() string { return m.name }

// Authenticate implements [core.Method].
func (m method) Authenticate(_ context.Context, a api.Attempt) (api.Identity, error) {
	word := a.Header.Get("X-Porter")
	switch {
	case word == "":
		return api.Identity{}, core.ErrNotMine
	case subtle.ConstantTimeCompare([]byte(word), []byte(m.Word)) != 1:
		return api.Identity{}, api.E(api.Unauthenticated, "unknown_word", "this word is not known")
	}
	return api.Identity{Subject: "porter:guest", Login: "guest"}, nil
}
