package api

import (
	"errors"
	"time"
)

// PluginEntry is an entry of a plugin's key-value storage, identified by Plugin and Key.
type PluginEntry struct {
	Plugin, Key string
	Value       []byte
	Expires     time.Time
}

// PluginQuota limits the storage of one plugin.
type PluginQuota struct {
	Entries int
	Bytes   int // total size of keys and values
}

// ErrQuota means that an entry would exceed the plugin's quota.
var ErrQuota = errors.New("the plugin's quota is used up")
