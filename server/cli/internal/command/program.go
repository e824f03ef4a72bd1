package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/app"
)

// hooksKey is the key of a program's hooks in a command's context.
type hooksKey struct{}

// WithHooks has commands that run with the context bind these hooks to the engines that
// they make.
func WithHooks(ctx context.Context, list []app.Hook) context.Context {
	return context.WithValue(ctx, hooksKey{}, list)
}

// Hooks are the program's own hooks.
func Hooks(cmd *cobra.Command) []app.Hook {
	list, _ := cmd.Context().Value(hooksKey{}).([]app.Hook)
	return list
}

// AppOptions are the options that all engines of the program have in common.
func AppOptions(cmd *cobra.Command) app.Options {
	return app.Options{Compiler: Compile, Hooks: Hooks(cmd)}
}
