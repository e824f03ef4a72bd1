package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
)

// pluginSet holds the loaded plugins.
type pluginSet struct {
	byName map[string]*plugins.Plugin
	reread func() (*config.Config, error)
	own    []hooks.Point // the program's points
}

func loadPlugins(cfg *config.Config, host *plugins.Host, o Options) (*pluginSet, error) {
	g := &pluginSet{byName: map[string]*plugins.Plugin{}, reread: o.Reread, own: o.points()}
	if g.reread == nil {
		g.reread = func() (*config.Config, error) { return cfg, nil }
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	var errs []error
	for i, p := range cfg.Plugins {
		spec, err := check.PluginSpec(p, g.own...)
		if err == nil {
			g.byName[p.Name], err = host.Load(ctx, spec)
		}
		if err != nil {
			errs = append(errs, setting.About(pluginKey(i, err), err))
		}
	}
	return g, errors.Join(errs...)
}

// pluginKey returns the setting that an error of the sandbox is about, guessed from its
// message.
func pluginKey(i int, err error) string {
	key := fmt.Sprintf("plugins[%d]", i)
	for _, x := range [...]struct{ says, setting string }{
		{"sha256", "sha256"}, {"sha-256 is", "sha256"}, {"sign", "signed"}, {"grant", "grants"}, {"secret", "secrets"}, {"isolation", "isolation"},
	} {
		if strings.Contains(strings.ToLower(err.Error()), x.says) {
			return key + "." + x.setting
		}
	}
	return key + ".file"
}
