package asm

import "slices"

// Header returns the magic number and the version.
func Header() []byte { return []byte{0, 'a', 's', 'm', 1, 0, 0, 0} }

// Section returns an encoded section.
func Section(id byte, content []byte) []byte {
	return Cat([]byte{id}, U(uint32(len(content))), content)
}

// Cat concatenates parts.
func Cat(parts ...[]byte) []byte { return slices.Concat(parts...) }

// Repeat concatenates n copies of part.
func Repeat(n int, part ...[]byte) []byte { return slices.Repeat(Cat(part...), n) }

// U encodes an unsigned number (LEB128).
func U(n uint32) []byte {
	var out []byte
	for n >= 0x80 {
		out = append(out, byte(n)|0x80)
		n >>= 7
	}
	return append(out, byte(n))
}

// S encodes a signed number (LEB128).
func S(n int64) []byte {
	var out []byte
	for {
		low := byte(n & 0x7F)
		n >>= 7
		if n == 0 && low&0x40 == 0 || n == -1 && low&0x40 != 0 {
			return append(out, low)
		}
		out = append(out, low|0x80)
	}
}

func text(s string) []byte { return Cat(U(uint32(len(s))), []byte(s)) }
