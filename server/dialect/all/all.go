package all

import (
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/cocart"
	"github.com/cardea-auth/cardea/server/dialect/miniorange"
	"github.com/cardea-auth/cardea/server/dialect/native"
	"github.com/cardea-auth/cardea/server/dialect/usefulteam"
	"github.com/cardea-auth/cardea/server/dialect/wpjwt"
	"github.com/cardea-auth/cardea/server/dialect/wpjwtpro"
)

// Types maps each dialect's name in the configuration to the type that the settings of
// a mount are decoded into. The caller owns the map and may add to it.
func Types() map[string]dialect.Opener {
	return map[string]dialect.Opener{
		"cocart":     cocart.Config{},
		"cocart1":    cocart.FirstConfig{},
		"miniorange": miniorange.Config{},
		"native":     native.Config{},
		"usefulteam": usefulteam.Config{},
		"wpjwt":      wpjwt.Config{},
		"wpjwtpro":   wpjwtpro.Config{},
	}
}
