package directory

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// Directories are those of an engine, in the order in which they are asked. It is safe
// for concurrent use.
type Directories struct {
	All []users.Directory

	ownerless []users.Directory // those of All that may hold any subject
	store     apiKeys
}

// apiKeys is what is asked about API keys.
type apiKeys interface {
	APIKey(ctx context.Context, id string) (api.APIKey, error)
}

// Open takes in the directories, or says which cannot be used.
func Open(list []users.Directory, store apiKeys) (*Directories, error) {
	all, err := checked(list)
	if err != nil {
		return nil, err
	}
	return &Directories{All: all, ownerless: ownerless(all), store: store}, nil
}
