// Package fetch gets small documents over https for core/keys, from addresses that
// configuration or a discovery document names, and is not led elsewhere by them. It
// reads nothing of what it gets.
package fetch
