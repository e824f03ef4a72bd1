package directory

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// Directories are the user directories of an engine, in the order in which they are asked.
// It is safe for concurrent use.
type Directories struct {
	All []users.Directory

	ownerless []users.Directory // those of All that may contain any subject
	store     apiKeys
}

// apiKeys looks up API keys.
type apiKeys interface {
	APIKey(ctx context.Context, id string) (api.APIKey, error)
}

// Open validates the directories and wraps them.
func Open(list []users.Directory, store apiKeys) (*Directories, error) {
	all, err := checked(list)
	if err != nil {
		return nil, err
	}
	return &Directories{All: all, ownerless: ownerless(all), store: store}, nil
}
