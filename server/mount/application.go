package mount

import (
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/config"
)

// Application is what the engine must know of what is behind the gate: the sites that the
// mounts stand for, how they read requests, and what counts as a credential there. The
// list is in the order of the configuration.
func Application(cfg *config.Config, list []Mounted) core.Application {
	return core.Application{
		Sites: siteSettings(cfg), Read: reading(cfg), Override: overriding(cfg),
		Bearer: grammar(list), Accepts: accepts(list), IgnoreBadCredential: forgives(list),
	}
}
