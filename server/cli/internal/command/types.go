package command

import (
	"context"

	"github.com/spf13/cobra"

	methods "github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// typesKey is the key of the types in a command's context.
type typesKey struct{}

// WithTypes has commands that run with the context read configurations that name these
// types. A list that is nil is Cardea's own.
func WithTypes(ctx context.Context, types config.Types) context.Context {
	return context.WithValue(ctx, typesKey{}, types)
}

// Types are what the configuration of the command can name by a type.
func Types(cmd *cobra.Command) config.Types {
	types, _ := cmd.Context().Value(typesKey{}).(config.Types)
	if types.Methods == nil {
		types.Methods = methods.Types()
	}
	if types.Dialects == nil {
		types.Dialects = dialects.Types()
	}
	return types
}
