package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/plugintest"
	"github.com/cardea-auth/cardea/server/admin"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
	"github.com/cardea-auth/cardea/server/state"
)

// newHost opens the plugin host.
func newHost(opened *cleanup, cfg *config.Config, kv plugins.KV, m *admin.Metrics, log *slog.Logger, f *faults, o Options) (*plugins.Host, error) {
	signers, err := signers(cfg.Sandbox.Signers)
	if err != nil {
		return nil, err
	}
	b := cfg.Sandbox.Breaker
	c := plugins.Config{
		Logger: log, Calls: cfg.Sandbox.Calls, Keys: signers, KV: kv, OnFault: f.tell, OnCall: o.DevPlugin.onCall(), OnReload: o.DevPlugin.rebind(f), Points: o.points(),
		Breaker: plugins.Breaker{Failures: b.Failures, Window: b.Window.Std(), Pause: b.Pause.Std(), MaxPause: b.MaxPause.Std()},
	}
	if len(cfg.Plugins) > 0 || o.DevPlugin != nil {
		compileApart(&c, cfg, o)
	}
	c.SelfTest = plugintest.SelfTest(c)
	registerPluginMetrics(&c, m)
	host, err := plugins.Open(context.Background(), c)
	if err != nil {
		return nil, err
	}
	opened.addFunc(host.Close)
	return host, nil
}

// compileApart sets the compiler, its limits and the cache directory.
func compileApart(c *plugins.Config, cfg *config.Config, o Options) {
	bounds := cfg.Sandbox.Compile
	c.Compiler = o.Compiler
	c.Compile = plugins.CompileLimits{CPU: bounds.CPU.Std(), Time: bounds.Time.Std(), Memory: int64(bounds.MemoryBytes)}
	if !o.ReadOnly && !(o.offline && files.IsForeign(cfg.Data)) { // the cache of another account is not to be trusted, nor to be made in its place
		c.CacheDir = ModuleCache(cfg)
	}
}

// ModuleCache returns the cache directory for compiled modules; "" for a store in memory.
func ModuleCache(cfg *config.Config) string {
	if cfg.Store.Driver == "memory" {
		return ""
	}
	return filepath.Join(cfg.Data, "wasm-cache")
}

// signers reads the public keys of the trusted signers.
func signers(list []config.Signer) ([]api.Key, error) {
	var out []api.Key
	var errs []error
	for i, s := range list {
		text, err := files.Read(s.File, state.MaxKeyFile)
		if err != nil {
			errs = append(errs, setting.About(fmt.Sprintf("sandbox.signers[%d].file", i), err))
			continue
		}
		key, err := keys.Parse(text)
		if err != nil {
			errs = append(errs, setting.About(fmt.Sprintf("sandbox.signers[%d].file", i), fmt.Errorf("%s: %w", s.File, err)))
			continue
		}
		key.Private = nil
		out = append(out, key)
	}
	return out, errors.Join(errs...)
}

// registerPluginMetrics registers metrics for plugin failures, the plugins' own counters and the
// differences of shadow runs.
func registerPluginMetrics(c *plugins.Config, m *admin.Metrics) {
	counted := m.Counter("cardea_plugin_metric_total", "What plugins count with metric_add.", "plugin", "name")
	differs := m.Counter("cardea_plugin_shadow_differences_total", "Calls in which a shadow would have done otherwise.", "plugin", "point")
	failed := m.Counter("cardea_plugin_failures_total", "Calls in which a plugin broke, or was not asked since it had broken too often.", "plugin", "point", "class")
	tell := c.OnFault
	c.OnFault = func(ctx context.Context, f *plugins.Fault) {
		failed(1, f.Plugin, f.Point, f.Class)
		tell(ctx, f)
	}
	c.OnMetric = func(plugin, name string, amount int64) { counted(float64(max(amount, 0)), plugin, name) }
	c.OnShadow = func(_ context.Context, s plugins.Shadow) {
		if s.Refuses || len(s.Differences) > 0 {
			differs(1, s.Plugin, s.Point)
		}
	}
}
