package meter

import (
	"errors"
	"fmt"
)

// reader reads a module's bytes. The first error sticks: later reads return zero and do
// not move, so callers check once per group of reads.
type reader struct {
	data []byte
	pos  int
	err  error
}

var (
	errEnd = errors.New("it is truncated")
	errLEB = errors.New("a number is too long")
)

func (r *reader) more() bool { return r.err == nil && r.pos < len(r.data) }

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) failf(format string, args ...any) { r.fail(fmt.Errorf(format, args...)) }

func (r *reader) byte() byte {
	if r.err != nil {
		return 0
	}
	if r.pos >= len(r.data) {
		r.fail(errEnd)
		return 0
	}
	r.pos++
	return r.data[r.pos-1]
}

// take returns the next n bytes, without copying.
func (r *reader) take(n uint32) []byte {
	if r.err != nil {
		return nil
	}
	if uint64(n) > uint64(len(r.data)-r.pos) {
		r.fail(errEnd)
		return nil
	}
	part := r.data[r.pos : r.pos+int(n)]
	r.pos += int(n)
	return part
}

// u32 reads an unsigned LEB128 of at most 32 bits.
func (r *reader) u32() uint32 {
	var n uint32
	for shift := 0; shift < 35; shift += 7 {
		b := r.byte()
		if r.err != nil {
			return 0
		}
		if shift == 28 && b > 0x0F {
			break
		}
		n |= uint32(b&0x7F) << shift
		if b < 0x80 {
			return n
		}
	}
	r.fail(errLEB)
	return 0
}

// s33 reads a signed LEB128 of at most five bytes.
func (r *reader) s33() int64 {
	var n int64
	for shift := 0; shift < 35; shift += 7 {
		b := r.byte()
		if r.err != nil {
			return 0
		}
		if top := b >> 4 & 7; shift == 28 && top != 0 && top != 7 {
			break // sign bits
		}
		n |= int64(b&0x7F) << shift
		if b < 0x80 {
			return n << (57 - shift) >> (57 - shift)
		}
	}
	r.fail(errLEB)
	return 0
}

// skipLEB skips a LEB128 of at most size bytes, signed or not.
func (r *reader) skipLEB(size int) {
	for range size {
		if r.byte() < 0x80 {
			return
		}
	}
	r.fail(errLEB)
}

// count reads a vector's length. Each entry has at least one byte, so a length past the
// end is invalid and must not be used for an allocation.
func (r *reader) count() int {
	n := r.u32()
	if r.err == nil && uint64(n) > uint64(len(r.data)-r.pos) {
		r.fail(errEnd)
		return 0
	}
	return int(n)
}

func (r *reader) name() string { return string(r.take(r.u32())) }

// shortName reads a name that error messages may contain.
func (r *reader) shortName(l Limits) string {
	n := r.u32()
	if r.err == nil && int64(n) > int64(l.NameBytes) {
		r.failf("a name of %d bytes, at most %d are allowed", n, l.NameBytes)
	}
	return string(r.take(n))
}
