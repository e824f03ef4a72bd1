package plugins

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// maxStackText is how many bytes of the host's own stack are logged.
const maxStackText = 4 << 10

// panicked makes an error of what the host panicked with while it worked for the
// plugin, and logs where. It is the plugin's failure: whatever else there is goes on.
func (v *version) panicked(ctx context.Context, r any) error {
	stack := debug.Stack()
	v.log.ErrorContext(ctx, "the host panicked while it worked for the plugin",
		"panic", printable.Escape(fmt.Sprint(r), maxFaultText), "stack", string(stack[:min(len(stack), maxStackText)]))
	return hostPanic(r)
}

// hostPanic is the error of a panic that was recovered.
func hostPanic(r any) error {
	if err, ok := r.(error); ok {
		return fmt.Errorf("%w: %w", wasm.ErrHost, err)
	}
	return fmt.Errorf("%w: %v", wasm.ErrHost, r)
}

// recovered sets err if the host panics. It is deferred where a plugin is loaded.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = shortError{hostPanic(r)}
	}
}
