package plugincmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/manifest"
	"github.com/cardea-auth/cardea/plugins/plugintest"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
)

// DevFlags are the flags of cardea dev for a plugin under development.
type DevFlags struct {
	path            string
	config, secrets []string
	record          string
}

// Add declares the flags.
func (f *DevFlags) Add(flags *pflag.FlagSet) {
	flags.StringVar(&f.path, "plugin", "", "plugin to run as well: its directory, which is built and watched, or a .wasm file")
	flags.StringArrayVar(&f.config, "plugin-config", nil, "a setting of that plugin, as KEY=VALUE; repeat for several")
	flags.StringArrayVar(&f.secrets, "plugin-secret", nil, "a secret of that plugin, as NAME=FILE; repeat for several")
	flags.StringVar(&f.record, "record", "", "write that plugin's calls to this file, for cardea plugin replay; it contains the user data that the plugin read")
}

// DevPlugin is a plugin under development that cardea dev runs.
type DevPlugin struct {
	*app.DevPlugin
	project project
	record  *os.File
	cache   string // the server's directory of compiled modules
}

// Open builds the plugin. Without --plugin the methods of the result do nothing.
func (f DevFlags) Open(cmd *cobra.Command, cache string) (*DevPlugin, error) {
	if f.path == "" {
		return &DevPlugin{}, f.unused()
	}
	p, err := openProject(f.path, command.Points(cmd)...)
	if err != nil {
		return nil, err
	}
	if err := p.build(cmd.Context()); err != nil {
		return nil, err
	}
	spec, err := f.spec(p)
	if err != nil {
		return nil, err
	}
	g := &DevPlugin{DevPlugin: &app.DevPlugin{Spec: spec, Watch: watchEvery}, project: p, cache: cache}
	return g, f.startRecord(g)
}

func (f DevFlags) unused() error {
	if len(f.config)+len(f.secrets) > 0 || f.record != "" {
		return errors.New("--plugin-config, --plugin-secret and --record need a plugin: name it with --plugin PATH")
	}
	return nil
}

// spec returns a spec with everything that the plugin asks for, also after its manifest is
// edited: its author runs it.
func (f DevFlags) spec(p project) (plugins.Spec, error) {
	file, err := filepath.Abs(p.wasm)
	if err != nil {
		return plugins.Spec{}, err
	}
	spec := plugins.Spec{Name: p.name, File: file, Grants: manifest.Grants{
		Read: []string{"*"}, Write: []string{"*"}, Allow: devRights(p),
		Secrets: p.manifest.Grants.Secrets, KV: true, HTTP: p.manifest.Grants.HTTP,
	}}
	if spec.Config, err = pairs("--plugin-config", f.config); err != nil {
		return spec, err
	}
	if spec.Config == nil {
		spec.Config = p.sampleConfig()
	}
	files, err := pairs("--plugin-secret", f.secrets)
	if err != nil {
		return spec, err
	}
	for name, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return spec, fmt.Errorf("--plugin-secret %s: %w", name, err)
		}
		if spec.Secrets == nil {
			spec.Secrets = map[string]api.Secret{}
		}
		spec.Secrets[name] = api.Secret(strings.TrimRight(string(text), "\r\n"))
	}
	return spec, nil
}

// devRights returns the rights that a manifest may ask for. A module without a manifest
// asks for everything granted, but the right to add roles must be asked for explicitly.
func devRights(p project) []string {
	rights := []string{abi.AllowExtend, abi.AllowWiden}
	if p.text != nil {
		rights = append(rights, abi.AllowRoles)
	}
	return rights
}

// pairs parses KEY=VALUE flags.
func pairs(flag string, list []string) (map[string]string, error) {
	if len(list) == 0 {
		return nil, nil
	}
	out := map[string]string{}
	for _, text := range list {
		key, value, ok := strings.Cut(text, "=")
		if !ok || key == "" {
			return nil, fmt.Errorf("%s %q: write it as KEY=VALUE", flag, text)
		}
		out[key] = value
	}
	return out, nil
}

func (f DevFlags) startRecord(g *DevPlugin) (err error) {
	if f.record == "" {
		return nil
	}
	if g.record, err = os.OpenFile(f.record, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return err
	}
	r := plugintest.NewRecorder(g.record, g.Spec.Grants, g.Spec.Config, time.Now)
	g.Point, g.OnCall = r.Point, r.OnCall
	return nil
}

// Tell prints that the plugin runs.
func (g *DevPlugin) Tell(cmd *cobra.Command) {
	if g.DevPlugin != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "plugin %s is running; changes saved in %s apply from the next call on\n", g.project.name, g.project.dir)
	}
}

// Points returns the points to which the plugin is bound, for the output of cardea dev.
func (g *DevPlugin) Points() []string {
	if g.DevPlugin == nil {
		return nil
	}
	by := " by plugin " + g.project.name
	if len(g.project.manifest.Hooks) == 0 {
		return []string{"each point that it has a hook for" + by}
	}
	var out []string
	for _, point := range g.project.manifest.Hooks {
		out = append(out, point+by)
	}
	return out
}
