package mount

import (
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/config"
)

// Application describes the applications behind the gateway to the engine: the sites of
// the mounts, how they read requests, and which credentials they accept. The list must be
// in the order of the configuration.
func Application(cfg *config.Config, list []Mounted) core.Application {
	return core.Application{
		Sites: siteSettings(cfg), Read: reading(cfg), Override: overriding(cfg), Paths: paths(cfg),
		Bearer: grammar(list), Accepts: accepts(list), IgnoreBadCredential: ignoreBadCredential(list),
	}
}
