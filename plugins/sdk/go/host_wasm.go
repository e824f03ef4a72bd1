//go:build wasip1

package hook

import (
	"unsafe"

	"github.com/cardea-auth/cardea/plugins/abi"
)

// host is the world outside: the imports of module hook_v1. The host keeps no
// pointer to what it is given, so that nothing need be on the heap for it.
type host struct{}

// Run calls a hook with the event that Cardea has called the guest for. It is
// the body of every exported hook.
func Run(fn func(*Event) Status) int32 { return fn(&Event{}) }

//go:wasmexport hook_abi_v1
func marker() {}

//go:wasmexport configure
func configure() int32 {
	if setup == nil {
		return 0
	}
	if err := setup(Config{}); err != nil {
		host{}.fail(err.Error())
		return failed
	}
	return 0
}

//go:wasmimport hook_v1 get
//go:noescape
func hostGet(key string, buf unsafe.Pointer, size uint32) int32

//go:wasmimport hook_v1 get_i64
//go:noescape
func hostGetInt(key string, result unsafe.Pointer) int64

//go:wasmimport hook_v1 set
//go:noescape
func hostSet(key, text string) int32

//go:wasmimport hook_v1 set_i64
//go:noescape
func hostSetInt(key string, n int64) int32

//go:wasmimport hook_v1 set_json
//go:noescape
func hostSetJSON(key, json string) int32

//go:wasmimport hook_v1 del
//go:noescape
func hostDel(key string) int32

//go:wasmimport hook_v1 keys
//go:noescape
func hostKeys(prefix string, buf unsafe.Pointer, size uint32) int32

//go:wasmimport hook_v1 deny
//go:noescape
func hostDeny(kind int32, text string)

//go:wasmimport hook_v1 fail
//go:noescape
func hostFail(text string)

//go:wasmimport hook_v1 log
//go:noescape
func hostLog(level int32, text string)

//go:wasmimport hook_v1 log_enabled
func hostLogEnabled(level int32) int32

//go:wasmimport hook_v1 config_get
//go:noescape
func hostConfig(key string, buf unsafe.Pointer, size uint32) int32

//go:wasmimport hook_v1 now_ms
func hostNow() int64

//go:wasmimport hook_v1 secret_get
//go:noescape
func hostSecret(name string, buf unsafe.Pointer, size uint32) int32

//go:wasmimport hook_v1 kv_get
//go:noescape
func hostKVGet(key string, buf unsafe.Pointer, size uint32) int32

//go:wasmimport hook_v1 kv_put
//go:noescape
func hostKVPut(key, text string, seconds int32) int32

//go:wasmimport hook_v1 kv_incr
//go:noescape
func hostKVIncr(key string, by int64, seconds int32, result unsafe.Pointer) int64

//go:wasmimport hook_v1 http_fetch
//go:noescape
func hostFetch(request string, buf unsafe.Pointer, size uint32) int32

//go:wasmimport hook_v1 random
//go:noescape
func hostRandom(buf unsafe.Pointer, size uint32) int32

//go:wasmimport hook_v1 metric_add
//go:noescape
func hostMetric(name string, n int64)

// scratch receives what readers return. A guest runs one call at a time, and
// nothing in it outlives a reader.
var scratch [1024]byte

func (host) get(key string) (string, bool) {
	n := hostGet(key, unsafe.Pointer(&scratch), uint32(len(scratch)))
	return take(n, func(buf []byte) int32 { return hostGet(key, pointer(buf), uint32(len(buf))) })
}

func (host) keys(prefix string) (string, bool) {
	n := hostKeys(prefix, unsafe.Pointer(&scratch), uint32(len(scratch)))
	return take(n, func(buf []byte) int32 { return hostKeys(prefix, pointer(buf), uint32(len(buf))) })
}

func (host) config(key string) (string, bool) {
	n := hostConfig(key, unsafe.Pointer(&scratch), uint32(len(scratch)))
	return take(n, func(buf []byte) int32 { return hostConfig(key, pointer(buf), uint32(len(buf))) })
}

func (host) secret(name string) (string, bool) {
	n := hostSecret(name, unsafe.Pointer(&scratch), uint32(len(scratch)))
	return take(n, func(buf []byte) int32 { return hostSecret(name, pointer(buf), uint32(len(buf))) })
}

func (host) kvGet(key string) (string, abi.Result) {
	n := hostKVGet(key, unsafe.Pointer(&scratch), uint32(len(scratch)))
	return taken(n, func(buf []byte) int32 { return hostKVGet(key, pointer(buf), uint32(len(buf))) })
}

func (host) fetch(request string) (string, abi.Result) {
	n := hostFetch(request, unsafe.Pointer(&scratch), uint32(len(scratch)))
	return taken(n, func(buf []byte) int32 { return hostFetch(request, pointer(buf), uint32(len(buf))) })
}

func (host) kvPut(key, text string, seconds int) abi.Result {
	return hostKVPut(key, text, int32(seconds))
}

func (host) kvIncr(key string, by int64, seconds int) (int64, abi.Result) {
	var result int32
	sum := hostKVIncr(key, by, int32(seconds), unsafe.Pointer(&result))
	return sum, result
}

func (host) random(buf []byte) abi.Result { return hostRandom(pointer(buf), uint32(len(buf))) }
func (host) count(name string, n int64)   { hostMetric(name, n) }

// taken is take for readers whose failures differ.
func taken(n int32, again func(buf []byte) int32) (string, abi.Result) {
	if n < 0 {
		return "", n
	}
	text, ok := take(n, again)
	if !ok {
		return "", abi.Unavailable
	}
	return text, abi.OK
}

// take copies a reader's answer out of scratch, or asks again with a buffer that
// is large enough.
func take(n int32, again func(buf []byte) int32) (string, bool) {
	if n < 0 {
		return "", false
	}
	if int(n) <= len(scratch) {
		return string(scratch[:n]), true
	}
	buf := make([]byte, n)
	if again(buf) != n {
		return "", false
	}
	return unsafe.String(unsafe.SliceData(buf), n), true
}

func pointer(buf []byte) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(buf)) }

func (host) getInt(key string, result *abi.Result) int64 {
	return hostGetInt(key, unsafe.Pointer(result))
}

func (host) set(key, text string) abi.Result       { return hostSet(key, text) }
func (host) setInt(key string, n int64) abi.Result { return hostSetInt(key, n) }
func (host) setJSON(key, json string) abi.Result   { return hostSetJSON(key, json) }
func (host) del(key string) abi.Result             { return hostDel(key) }
func (host) deny(kind abi.Refusal, text string)    { hostDeny(kind, text) }
func (host) fail(text string)                      { hostFail(text) }
func (host) log(level abi.Level, text string)      { hostLog(level, text) }
func (host) logEnabled(level abi.Level) bool       { return hostLogEnabled(level) != 0 }
func (host) nowMS() int64                          { return hostNow() }
