package plugins

import (
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// describe returns what a module exports and imports.
func describe(m *wasm.Module) manifest.Module {
	out := manifest.Module{Memory: m.HasMemory(abi.Memory), Exports: map[string]string{}}
	for name, signature := range m.Exports() {
		out.Exports[name] = signature.String()
	}
	for _, i := range m.Imports() {
		found := manifest.Import{Module: i.Module, Name: i.Name, Signature: i.Signature.String()}
		if offered, ok := m.Offered(i.Module, i.Name); ok {
			found.Offered = offered.String()
		}
		out.Imports = append(out.Imports, found)
	}
	return out
}
