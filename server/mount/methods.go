package mount

import (
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
)

// Methods returns the configured methods. The errors name the settings.
func Methods(cfg *config.Config) ([]Placed[core.NamedMethod], error) {
	var list []Placed[core.NamedMethod]
	var errs []error
	for i, m := range cfg.Methods {
		if m.Config == nil {
			errs = append(errs, setting.About(fmt.Sprintf("methods[%d]", i), fmt.Errorf("no method of type %q is known here", m.Type)))
			continue
		}
		list = append(list, Placed[core.NamedMethod]{i, m.Name, core.NamedMethod{
			Name: m.Name, Opener: m.Config, RefuseRoles: m.RefuseRoles, Places: Places(cfg, m.Sites),
		}})
	}
	return list, errors.Join(errs...)
}
