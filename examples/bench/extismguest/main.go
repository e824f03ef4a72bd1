// Command extismguest is short-expiry for Extism: it reads a lifetime in decimal and
// writes the limited one.
package main

//go:wasmimport extism:host/env input_length
func inputLength() uint64

//go:wasmimport extism:host/env input_load_u8
func inputByte(at uint64) uint32

//go:wasmimport extism:host/env alloc
func alloc(n uint64) uint64

//go:wasmimport extism:host/env store_u8
func storeByte(at uint64, b uint32)

//go:wasmimport extism:host/env output_set
func outputSet(at, n uint64)

const longest = 7200

func main() {}

//go:wasmexport shorten
func shorten() int32 {
	proposed := uint64(0)
	for n := range inputLength() {
		proposed = 10*proposed + uint64(inputByte(n)-'0')
	}
	write(min(proposed, longest))
	return 0
}

func write(n uint64) {
	var text [20]byte
	at := len(text)
	for ok := true; ok; ok = n > 0 {
		at--
		text[at] = byte('0' + n%10)
		n /= 10
	}
	block := alloc(uint64(len(text) - at))
	for i, b := range text[at:] {
		storeByte(block+uint64(i), uint32(b))
	}
	outputSet(block, uint64(len(text)-at))
}
