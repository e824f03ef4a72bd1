package all

import (
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/methods/apikey"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/methods/jwt"
)

// Types returns the methods by the type that a configuration names. The values are the
// configurations into which the settings are decoded. The map is the caller's own and may
// be extended.
func Types() map[string]core.Opener {
	return map[string]core.Opener{
		"apikey": apikey.Config{},
		"basic":  basic.Config{},
		"jwt":    jwt.Config{},
	}
}
