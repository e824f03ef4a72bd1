package sandbox

import (
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// Funcs returns the host functions: the signatures of abi.Imports with their
// implementations.
func Funcs() []wasm.Func {
	does := map[string]func(*wasm.Instance, []uint64){
		"get": hostGet, "get_i64": hostGetInt, "set": hostSet, "set_i64": hostSetInt, "set_json": hostSetJSON,
		"del": hostDel, "keys": hostKeys, "deny": hostDeny, "fail": hostFail, "log": hostLog,
		"log_enabled": hostLogEnabled, "config_get": hostConfig, "now_ms": hostNow,
		"get_all": hostGetAll, "secret_get": hostSecret, "kv_get": hostKVGet, "kv_put": hostKVPut, "kv_incr": hostKVIncr,
		"http_fetch": hostFetch, "random": hostRandom, "metric_add": hostMetric,
	}
	var list []wasm.Func
	for _, i := range abi.Imports() {
		list = append(list, wasm.Func{Module: abi.Module, Name: i.Name, Params: i.Params, Result: i.Result, Call: does[i.Name]})
	}
	return list
}

// Output receives WASI's stdout and stderr.
func Output(i *wasm.Instance, text []byte) { enter(i).log(abi.Info, text) }
