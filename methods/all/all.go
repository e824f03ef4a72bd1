package all

import (
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/methods/apikey"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/methods/jwt"
)

// Types is the list: the type that a configuration names, and what the settings of a
// method of that type are read into. The map is the caller's, who may add to it.
func Types() map[string]core.Opener {
	return map[string]core.Opener{
		"apikey": apikey.Config{},
		"basic":  basic.Config{},
		"jwt":    jwt.Config{},
	}
}
