package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/server/app"
)

// Own is what a program adds to the engines of its commands.
type Own struct {
	Hooks  []app.Hook
	Points func() []hooks.Point
}

// ownKey is the context key of an Own.
type ownKey struct{}

// WithOwn returns a context whose commands build engines with the program's additions.
func WithOwn(ctx context.Context, own Own) context.Context {
	return context.WithValue(ctx, ownKey{}, own)
}

// OwnOf returns what the command's program adds.
func OwnOf(cmd *cobra.Command) Own {
	own, _ := cmd.Context().Value(ownKey{}).(Own)
	return own
}

// Points returns new hook points of the program, or nil if it has none.
func Points(cmd *cobra.Command) []hooks.Point {
	if own := OwnOf(cmd); own.Points != nil {
		return own.Points()
	}
	return nil
}

// AppOptions returns the options that all engines of the program share.
func AppOptions(cmd *cobra.Command) app.Options {
	own := OwnOf(cmd)
	return app.Options{Compiler: Compile, Hooks: own.Hooks, Points: own.Points, Dialects: Types(cmd).Dialects}
}
