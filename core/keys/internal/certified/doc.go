// Package certified reads keys in PEM and the X.509 certificates beside them, for
// core/keys. It checks that the certificates are the key's, but not their dates or who
// issued them, and not whether the key is fit for signatures.
package certified
