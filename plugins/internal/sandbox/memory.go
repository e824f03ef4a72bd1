package sandbox

import (
	"errors"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// read returns n bytes at ptr in guest memory and charges their cost; false if they are
// out of bounds.
func read(i *wasm.Instance, ptr, n uint64) ([]byte, bool) {
	raw, ok := i.Read(uint32(ptr), uint32(n)) // the upper 32 bits are undefined
	burnBytes(i, len(raw))
	return raw, ok
}

// beginning returns at most n bytes of a string, "" if it is out of bounds.
func beginning(i *wasm.Instance, ptr, size uint64, n int) string {
	text, _ := i.Read(uint32(ptr), uint32(size))
	text = text[:min(len(text), n)]
	burnBytes(i, len(text))
	return string(text)
}

// burnBytes charges the cost of copying n bytes.
func burnBytes(i *wasm.Instance, n int) {
	if n >= abi.FuelBytes {
		i.Burn(int64(n / abi.FuelBytes))
	}
}

// reply returns a string to the guest: its length, and the bytes if they fit.
func reply(i *wasm.Instance, text string, buf, size uint64) uint64 {
	if len(text) > maxReply {
		return result(abi.TooLarge)
	}
	burnBytes(i, len(text))
	if uint32(len(text)) <= uint32(size) && !i.Write(uint32(buf), text) {
		return result(abi.BadArgument)
	}
	return uint64(len(text))
}

// maxReply keeps lengths well within an i32.
const maxReply = 1 << 24

func result(code abi.Result) uint64 { return uint64(uint32(code)) }

var errPointer = errors.New("a result pointer is outside the memory")
