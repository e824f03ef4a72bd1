// Package assertion is what tells an upstream who is asking, in a form
// that the upstream can check or already knows. The gateway calls it for each
// allowed request, right before passing it on; server/app makes one for each
// upstream whose `identity` is not "headers".
//
//	decision --> Assertion            X-Cardea-Assertion: 30 s, EdDSA, this request only
//	        \--> Compat               Authorization: Bearer, in the layout of the site's JWT plugin
//	         \-> ApplicationPassword  Authorization: Basic, a password of WordPress's own
//	                \--> headers that the gateway sets after everything else
//
// An error refuses the request: an upstream that cannot be told who asks is not
// asked. Nobody recognised is no error; an assertion says so, the others say
// nothing.
//
// It decides nothing, but refuses a credential that may do less than its user where
// the upstream cannot be told so. It takes nothing away: the gateway has removed what a
// client sent under these names.
package assertion
