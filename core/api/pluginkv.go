package api

import (
	"errors"
	"time"
)

// PluginEntry is something that a plugin keeps. Plugin and Key identify it.
type PluginEntry struct {
	Plugin, Key string
	Value       []byte
	Expires     time.Time
}

// PluginQuota bounds what one plugin keeps.
type PluginQuota struct {
	Entries int
	Bytes   int // of keys and values together
}

// ErrQuota says that an entry would exceed the plugin's quota.
var ErrQuota = errors.New("the plugin's quota is used up")
