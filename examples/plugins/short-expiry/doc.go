// Package shortexpiry is the sample plugin: no access token lives longer than two
// hours, and each carries a claim from the configuration.
//
// cmd/cardea embeds the small build of it, which is made from c/short_expiry.c;
// go/ holds the same plugin in Go.
//
//	point         what it does
//	auth-expire   lowers lifetime to 7200 seconds
//	token-claims  sets claim.<claim> to <value>, both from the configuration
//
// It is data: loading it is package plugins' work.
package shortexpiry
