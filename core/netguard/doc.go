// Package netguard restricts the addresses that outgoing requests may reach: those for key
// sets and those of plugins. It makes no requests itself.
package netguard
