package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	shortexpiry "github.com/cardea-auth/cardea/examples/plugins/short-expiry"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/catalogue"
	"github.com/cardea-auth/cardea/plugins/manifest"
	"github.com/cardea-auth/cardea/server/config"
)

// builtins returns the modules that are embedded in the binary.
func builtins() map[string]plugins.Spec {
	return map[string]plugins.Spec{
		shortexpiry.Name: {Module: shortexpiry.Module(), Manifest: shortexpiry.Manifest(), SHA256: shortexpiry.SHA256()},
	}
}

// PluginSpec returns the plugins.Spec of a configured plugin. The error names an unknown
// built-in plugin, an empty secret or an invalid grant.
func PluginSpec(p config.Plugin, own ...hooks.Point) (plugins.Spec, error) {
	spec := plugins.Spec{File: p.File}
	if name, ok := strings.CutPrefix(p.File, config.BuiltinPlugin); ok {
		if spec, ok = builtins()[name]; !ok {
			return spec, fmt.Errorf("plugin %s: no plugin %q is built in: choose one of %s, or give a file",
				p.Name, name, strings.Join(slices.Sorted(maps.Keys(builtins())), ", "))
		}
	}
	spec.Name, spec.Config, spec.Isolation, spec.Signed, spec.ManifestName = p.Name, p.Config, p.Isolation, p.Signed, p.ManifestName
	if p.SHA256 != "" {
		spec.SHA256 = p.SHA256
	}
	spec.Secrets = map[string]api.Secret{}
	for name, s := range p.Secrets {
		if s.Secret == "" {
			return spec, fmt.Errorf("plugin %s: secret %s is empty: set secret or secret_file", p.Name, name)
		}
		spec.Secrets[name] = s.Secret
	}
	spec.Grants, spec.Limits = grants(p.Grants), limits(p.Limits)
	points, err := catalogue.Of(own)
	if err != nil {
		return spec, err
	}
	return spec, spec.Grants.Check(points...)
}

func grants(g config.PluginGrants) manifest.Grants {
	out := manifest.Grants{Read: g.Read, Write: g.Write, Allow: g.Allow, Secrets: g.Secrets, KV: g.KV}
	for _, h := range g.HTTP {
		out.HTTP = append(out.HTTP, manifest.HTTPGrant{URL: h.URL, Methods: h.Methods, Private: h.Private})
	}
	return out
}

func limits(l config.PluginLimits) manifest.Limits {
	return manifest.Limits{
		ModuleBytes: l.ModuleBytes, MemoryPages: l.MemoryBytes >> 16, Functions: l.Functions, TableEntries: l.TableEntries,
		HostCalls: l.HostCalls, JournalEntries: l.JournalEntries, JournalBytes: l.JournalBytes, LogBytes: l.LogBytes, LogLines: l.LogLines,
		Instances: l.Instances, Wait: l.Wait.Std(), Time: l.Time.Std(), Share: l.Share, Fuel: int64(l.Fuel), StartFuel: int64(l.StartFuel),
		Deadline: l.Deadline.Std(), Fetches: l.Fetches, FetchBytes: l.FetchBytes, KVEntries: l.KVEntries, KVBytes: l.KVBytes,
	}
}
