package counting_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/counting"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return counting.New(memory.New()) })
}
