package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/server/app"
)

// Own is what a program adds to the engines that its commands make.
type Own struct {
	Hooks  []app.Hook
	Points func() []hooks.Point
}

// ownKey is the key of an Own in a command's context.
type ownKey struct{}

// WithOwn has commands that run with the context make engines with what the program adds.
func WithOwn(ctx context.Context, own Own) context.Context {
	return context.WithValue(ctx, ownKey{}, own)
}

// OwnOf is what the program of the command adds.
func OwnOf(cmd *cobra.Command) Own {
	own, _ := cmd.Context().Value(ownKey{}).(Own)
	return own
}

// Points makes the program's own hook points.
func Points(cmd *cobra.Command) []hooks.Point {
	if own := OwnOf(cmd); own.Points != nil {
		return own.Points()
	}
	return nil
}

// AppOptions are the options that all engines of the program have in common.
func AppOptions(cmd *cobra.Command) app.Options {
	own := OwnOf(cmd)
	return app.Options{Compiler: Compile, Hooks: own.Hooks, Points: own.Points}
}
