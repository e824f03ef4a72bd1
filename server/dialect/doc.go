// Package dialect is the contract of the plugins that Cardea replaces, as far as
// they have it in common: what a mount is, what a dialect provides, and helpers
// to read parameters and write answers the way WordPress does.
//
// Each plugin has a room of its own below this one. server/app mounts them.
package dialect
