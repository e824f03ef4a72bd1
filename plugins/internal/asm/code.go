package asm

// Instructions for tests. Blocks have no result unless stated.

// Op returns instructions without operands.
func Op(codes ...byte) []byte { return codes }

// I32 pushes an i32.
func I32(n int32) []byte { return Cat([]byte{0x41}, S(int64(n))) }

// I64 pushes an i64.
func I64(n int64) []byte { return Cat([]byte{0x42}, S(n)) }

// Call calls a function.
func Call(f uint32) []byte { return Cat([]byte{0x10}, U(f)) }

// CallIndirect calls the function in table 0 at the index on the stack.
func CallIndirect(typ uint32) []byte { return Cat([]byte{0x11}, U(typ), []byte{0}) }

// Local reads a local.
func Local(n uint32) []byte { return Cat([]byte{0x20}, U(n)) }

// SetLocal writes a local.
func SetLocal(n uint32) []byte { return Cat([]byte{0x21}, U(n)) }

// Global reads a global.
func Global(n uint32) []byte { return Cat([]byte{0x23}, U(n)) }

// SetGlobal writes a global.
func SetGlobal(n uint32) []byte { return Cat([]byte{0x24}, U(n)) }

// Load reads an i32 at the address on the stack.
func Load() []byte { return []byte{0x28, 2, 0} }

// Store writes an i32: address, value.
func Store() []byte { return []byte{0x36, 2, 0} }

// Block encloses a body.
func Block(body ...[]byte) []byte { return enclose(0x02, body) }

// Loop encloses a body; branches to it repeat the body.
func Loop(body ...[]byte) []byte { return enclose(0x03, body) }

// If runs its body unless the value on the stack is 0.
func If(body ...[]byte) []byte { return enclose(0x04, body) }

func enclose(op byte, body [][]byte) []byte {
	return Cat([]byte{op, 0x40}, Cat(body...), []byte{0x0B})
}

// Br branches to the n-th enclosing block.
func Br(n uint32) []byte { return Cat([]byte{0x0C}, U(n)) }

// BrIf is Br unless the value on the stack is 0.
func BrIf(n uint32) []byte { return Cat([]byte{0x0D}, U(n)) }

// Instructions without operands.
const (
	Unreachable = 0x00
	Nop         = 0x01
	Return      = 0x0F
	Drop        = 0x1A
	Eqz         = 0x45
	LtU         = 0x49
	Add         = 0x6A
	Sub         = 0x6B
	Mul         = 0x6C
	DivS        = 0x6D
	Wrap        = 0xA7 // i32.wrap_i64
)

// MemoryGrow grows the memory by the pages on the stack.
func MemoryGrow() []byte { return []byte{0x40, 0} }

// MemoryFill fills memory: address, byte, length.
func MemoryFill() []byte { return []byte{0xFC, 11, 0} }

// MemoryCopy copies memory: to, from, length.
func MemoryCopy() []byte { return []byte{0xFC, 10, 0, 0} }

// TableGrow grows table 0: reference, number of entries.
func TableGrow() []byte { return []byte{0xFC, 15, 0} }

// TableFill fills table 0: index, reference, length.
func TableFill() []byte { return []byte{0xFC, 17, 0} }

// RefNull pushes a null function reference.
func RefNull() []byte { return []byte{0xD0, 0x70} }
