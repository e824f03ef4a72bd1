// Package echo is a dialect with one endpoint, which answers a login with the bare token.
package echo
