// Package assertion tells an upstream who the user is, in a form that the upstream can
// verify or already accepts. The gateway calls it for each allowed request, right before
// forwarding; server/app creates one instance for each upstream whose `identity` is not
// "headers".
//
//	decision --> Assertion            X-Cardea-Assertion: 30 s, EdDSA, this request only
//	        \--> Compat               Authorization: Bearer, in the token format of the site's JWT plugin
//	         \-> ApplicationPassword  Authorization: Basic, a password of WordPress's own
//	                \--> headers that the gateway sets after everything else
//
// An error refuses the request: an upstream is never called without its credentials. An
// anonymous request is not an error: an assertion says so, and the others add nothing.
//
// It makes no decisions, except that it refuses a credential with fewer rights than its
// user if the upstream cannot be told. It removes no headers: the gateway has already
// removed the client's headers of these names.
package assertion
