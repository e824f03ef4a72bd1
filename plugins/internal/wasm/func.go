package wasm

import "github.com/tetratelabs/wazero/api"

// Func is a host function. Params and Result use the letters of abi.Import. Call reads
// its arguments from stack and writes its result to stack[0].
type Func struct {
	Module, Name, Params, Result string
	Call                         func(i *Instance, stack []uint64)
}

func types(letters string) []api.ValueType {
	list := make([]api.ValueType, len(letters))
	for i, c := range letters {
		list[i] = api.ValueTypeI32
		if c == 'I' {
			list[i] = api.ValueTypeI64
		}
	}
	return list
}
