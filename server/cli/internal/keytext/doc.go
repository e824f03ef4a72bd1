// Package keytext prints what a command on signing keys did, and what stays valid.
package keytext
