// Package shortexpiry is the sample plugin: it limits access tokens to two hours and adds
// a claim from the configuration to each.
//
// cmd/cardea embeds the small build of c/short_expiry.c; go/ contains the same plugin in
// Go.
//
//	point         what it does
//	auth-expire   lowers lifetime to 7200 seconds
//	token-claims  sets claim.<claim> to <value>, both from the configuration
//
// It only holds data: package plugins loads it.
package shortexpiry
