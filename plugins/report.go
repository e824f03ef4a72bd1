package plugins

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cardea-auth/cardea/plugins/manifest"
)

// Report is what a plugin is, for people who look at it.
type Report struct {
	Name, Version, Digest string
	Bytes                 int             // size of the module
	Hooks                 []string        // the points, sorted
	Imports               []string        // host functions with their signatures, sorted
	Exports               []string        // functions with their signatures, sorted
	Grants                manifest.Grants // what it asks for
	Missing               []string        // what it asks for and was not granted
}

// Report describes the plugin.
func (p *Plugin) Report() Report {
	v := p.live.Load()
	r := Report{
		Name: p.name, Version: v.manifest.Version, Digest: v.source.digest, Bytes: v.source.bytes,
		Hooks: p.Points(), Grants: v.manifest.Grants,
		Missing: v.rights.Missing(),
	}
	for _, i := range v.described.Imports {
		r.Imports = append(r.Imports, fmt.Sprintf("%s.%s %s", i.Module, i.Name, i.Signature))
	}
	slices.Sort(r.Imports)
	for _, name := range slices.Sorted(maps.Keys(v.described.Exports)) {
		r.Exports = append(r.Exports, fmt.Sprintf("%s %s", name, v.described.Exports[name]))
	}
	return r
}
