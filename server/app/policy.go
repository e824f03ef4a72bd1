package app

import (
	"log/slog"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/config"
)

// Policy is what [New] makes of a configuration for its engine, without plugins
// and hooks: what the gate of a server with that configuration decides by. It opens
// nothing.
func Policy(cfg *config.Config) (core.Policy, error) {
	methods, err := newMethods(cfg)
	if err != nil {
		return core.Policy{}, err
	}
	list, err := newDialects(cfg)
	if err != nil {
		return core.Policy{}, err
	}
	issuers, err := newForeignLayouts(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return core.Policy{}, err
	}
	return newPolicy(cfg, policyIn{Methods: methods, Dialects: list, Issuers: issuers}), nil
}
