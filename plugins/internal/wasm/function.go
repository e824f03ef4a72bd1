package wasm

import (
	"fmt"
	"reflect"

	"github.com/tetratelabs/wazero/api"
)

// function is an exported function with its call stack. The engine grows the stack as
// needed, without a notification.
type function struct {
	api.Function
	stack reflect.Value // a slice inside the engine's struct
	entry int           // bytes of one element
}

// newFunction finds the stack in the engine's struct by reflection.
func newFunction(fn api.Function) (*function, error) {
	if engine := reflect.ValueOf(fn); engine.Kind() == reflect.Pointer && engine.Elem().Kind() == reflect.Struct {
		if stack := engine.Elem().FieldByName("stack"); stack.IsValid() && stack.Kind() == reflect.Slice {
			return &function{fn, stack, int(stack.Type().Elem().Size())}, nil
		}
	}
	return nil, fmt.Errorf("this version of the engine does not show its stack: %T", fn)
}

func (f *function) stackBytes() int { return f.stack.Len() * f.entry }
