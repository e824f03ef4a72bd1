// Package netguard says which addresses outgoing calls may reach: those of key sets and
// those that plugins ask for. It makes no call itself.
package netguard
