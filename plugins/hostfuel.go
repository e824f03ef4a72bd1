package plugins

import (
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// read returns the bytes that a pointer and a length name and burns what looking
// at them costs; false if they are not all inside the memory.
func read(i *wasm.Instance, ptr, n uint64) ([]byte, bool) {
	raw, ok := i.Read(uint32(ptr), uint32(n)) // what is above 32 bits is not the guest's
	burnBytes(i, len(raw))
	return raw, ok
}

// beginning returns at most n bytes of a text, "" if it is not inside the memory.
func beginning(i *wasm.Instance, ptr, size uint64, n int) string {
	text, _ := i.Read(uint32(ptr), uint32(size))
	text = text[:min(len(text), n)]
	burnBytes(i, len(text))
	return string(text)
}

// burnBytes burns what copying n bytes costs.
func burnBytes(i *wasm.Instance, n int) {
	if n >= abi.FuelBytes {
		i.Burn(int64(n / abi.FuelBytes))
	}
}

// parsesJSON reports whether a text is parsed as JSON on its way into a key.
func parsesJSON(r *rule, forced bool) bool {
	return r.typ == abi.JSON || forced && r.typ == abi.Any
}
