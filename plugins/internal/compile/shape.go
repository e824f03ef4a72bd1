package compile

import (
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/meter"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// shape returns the limits on a module's structure.
func shape(l manifest.Limits) meter.Limits {
	return meter.Limits{
		Types: abi.Types, Imports: abi.Imported, Functions: l.Functions, Globals: abi.Globals, Exports: abi.Exports,
		Values: abi.Values, NameBytes: abi.NameBytes,
		TableEntries: l.TableEntries, DataBytes: l.ModuleBytes,
		BodyBytes: abi.BodyBytes, Locals: abi.Locals, Blocks: abi.Blocks, Targets: abi.Targets,
	}
}
