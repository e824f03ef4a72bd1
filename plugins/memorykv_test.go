package plugins_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/storetest"
	"github.com/cardea-auth/cardea/plugins"
)

func TestMemoryKV(t *testing.T) {
	storetest.RunPlugins(t, func(*testing.T) store.PluginEntries { return &plugins.MemoryKV{} })
}
