package app

import (
	"log/slog"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/mount"
)

// Policy is what [New] makes of a configuration for its engine, without plugins
// and hooks: what the gate of a server with that configuration decides by. It opens
// nothing.
func Policy(cfg *config.Config) (core.Policy, error) {
	methods, err := mount.Methods(cfg)
	if err != nil {
		return core.Policy{}, err
	}
	list, err := mount.Open(cfg)
	if err != nil {
		return core.Policy{}, err
	}
	issuers, err := mount.OpenIssuers(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return core.Policy{}, err
	}
	return newPolicy(cfg, policyIn{Methods: methods, Dialects: list, Issuers: issuers}), nil
}
