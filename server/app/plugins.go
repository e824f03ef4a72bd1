package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/server/admin"
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

// measure registers the metrics of the plugins.
func (g *pluginSet) measure(m *admin.Metrics) {
	for name, p := range g.byName {
		m.Gauge("cardea_plugin_paused", "1 while the plugin is disabled for breaking too often.", func() float64 {
			if p.Paused().IsZero() {
				return 0
			}
			return 1
		}, "plugin", name)
		m.Gauge("cardea_plugin_seconds", "Time that the plugin's calls have computed for.", func() float64 {
			spent, _ := p.Time()
			return spent.Seconds()
		}, "plugin", name)
		m.Gauge("cardea_plugin_throttled_seconds", "Time that the plugin's calls were made to wait, since it was over its share.", func() float64 {
			_, waited := p.Time()
			return waited.Seconds()
		}, "plugin", name)
	}
}

// Plugin is an entry of the plugin listing.
type Plugin struct {
	Name    string    `json:"name"`
	Version string    `json:"version"` // from the manifest
	SHA256  string    `json:"sha256"`
	Signer  string    `json:"signer"` // ID of the signing key; "" if not signed by a configured signer
	Points  []string  `json:"points"` // points that it has hooks for
	Paused  time.Time `json:"paused"` // disabled until then; zero if it is not
	Error   string    `json:"error"`  // why a reload kept the running version; set by reloads only
}

// list returns the loaded plugins, sorted by name.
func (g *pluginSet) list() []Plugin {
	var out []Plugin
	for _, name := range slices.Sorted(maps.Keys(g.byName)) {
		out = append(out, g.line(name))
	}
	return out
}

func (g *pluginSet) line(name string) Plugin {
	p := g.byName[name]
	return Plugin{Name: name, Version: p.Version(), SHA256: p.Digest(), Signer: p.Signer(), Points: p.Points(), Paused: p.Paused()}
}

// reload loads the configuration again and applies the module, pin, settings and grants to
// the named plugin ("": all). On failure a plugin keeps its running version, and its entry
// has the error. Adding, removing or rebinding plugins needs a restart.
func (g *pluginSet) reload(ctx context.Context, name string) ([]Plugin, error) {
	cfg, err := g.reread()
	if err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(g.byName))
	if name != "" {
		if g.byName[name] == nil {
			return nil, fmt.Errorf("no plugin %q is loaded, only %s", name, strings.Join(names, ", "))
		}
		names = []string{name}
	}
	var out []Plugin
	for _, name := range names {
		err := g.replace(ctx, cfg, name)
		line := g.line(name)
		if err != nil {
			line.Error = err.Error()
		}
		out = append(out, line)
	}
	return out, nil
}

// replace applies the configuration to one plugin.
func (g *pluginSet) replace(ctx context.Context, cfg *config.Config, name string) error {
	i := slices.IndexFunc(cfg.Plugins, func(p config.Plugin) bool { return p.Name == name })
	if i < 0 {
		return errors.New("the configuration no longer names it: restart the server to remove it")
	}
	spec, err := check.PluginSpec(cfg.Plugins[i], g.own...)
	if err != nil {
		return err
	}
	return g.byName[name].Replace(ctx, spec)
}

// reloadTimeout bounds a reload, which may compile every plugin.
const reloadTimeout = 2 * time.Minute

// serveReload handles POST /plugins/reload; the query parameter name selects one plugin.
func (g *pluginSet) serveReload(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), reloadTimeout)
	defer cancel()
	lines, err := g.reload(ctx, r.URL.Query().Get("name"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	json.NewEncoder(w).Encode(lines) // an error means that the client is gone
}

// appendWatch watches the files of all plugins from start to stop.
func appendWatch(lc fx.Lifecycle, cfg *config.Config, host *plugins.Host, o Options) {
	every := cfg.Sandbox.Watch.Std()
	if o.DevPlugin != nil && o.DevPlugin.Watch > 0 && (every == 0 || o.DevPlugin.Watch < every) {
		every = o.DevPlugin.Watch
	}
	if every == 0 {
		return
	}
	appendWorker(lc, func(ctx context.Context) { host.Watch(ctx, every) })
}
