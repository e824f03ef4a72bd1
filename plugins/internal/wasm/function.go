package wasm

import (
	"fmt"
	"reflect"

	"github.com/tetratelabs/wazero/api"
)

// function is an exported function with the stack that its calls run on. The engine
// makes the stack larger as a call needs it, and tells nobody.
type function struct {
	api.Function
	stack reflect.Value // a slice in the engine's own struct
	entry int           // bytes of one element
}

// newFunction looks for the stack where the engine keeps it.
func newFunction(fn api.Function) (*function, error) {
	if engine := reflect.ValueOf(fn); engine.Kind() == reflect.Pointer && engine.Elem().Kind() == reflect.Struct {
		if stack := engine.Elem().FieldByName("stack"); stack.IsValid() && stack.Kind() == reflect.Slice {
			return &function{fn, stack, int(stack.Type().Elem().Size())}, nil
		}
	}
	return nil, fmt.Errorf("this version of the engine does not show its stack: %T", fn)
}

func (f *function) stackBytes() int { return f.stack.Len() * f.entry }
