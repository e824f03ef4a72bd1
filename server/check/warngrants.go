package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/config"
)

// Ungranted warns about bound plugins that request more than they are granted: a call
// that needs it fails, at each login or request. missing lists the missing grants by
// plugin name.
func Ungranted(cfg *config.Config, missing map[string][]string) (list config.Problems) {
	for i, p := range cfg.Plugins {
		bound := slices.IndexFunc(cfg.Hooks, func(h config.Hook) bool { return h.Plugin == p.Name })
		if len(missing[p.Name]) == 0 || bound < 0 { // an unbound one already has a warning
			continue
		}
		effect := "a call that needs it fails"
		for _, h := range cfg.Hooks {
			if h.Plugin == p.Name && h.OnError == "deny" && !h.Shadow {
				effect += fmt.Sprintf(", and %s then refuses, since on_error is deny", h.Point)
				break
			}
		}
		list = append(list, config.Problem{
			Key: fmt.Sprintf("plugins[%d].grants", i),
			Text: fmt.Sprintf("plugin %q requests %s, which is not granted: %s. Grant it, or use another plugin",
				p.Name, strings.Join(missing[p.Name], ", "), effect),
		})
	}
	return list
}
