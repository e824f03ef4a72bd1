// Package fetch downloads small documents over https for core/keys from URLs in the
// configuration or in a discovery document, with protection against SSRF. It does not
// parse them.
package fetch
