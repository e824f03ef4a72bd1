package command

import (
	"context"

	"github.com/spf13/cobra"

	methods "github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// typesKey is the context key of the types.
type typesKey struct{}

// WithTypes returns a context whose commands read configurations that may name these types.
// A nil list is Cardea's own.
func WithTypes(ctx context.Context, types config.Types) context.Context {
	return context.WithValue(ctx, typesKey{}, types)
}

// Types returns the types that the command's configuration can name.
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
