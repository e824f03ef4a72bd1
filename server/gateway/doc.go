// Package gateway is the reverse proxy: it converts an HTTP request to an [api.Attempt],
// calls the engine, and either forwards the request to an upstream or refuses it. The
// server mounts a [Gateway] after Cardea's own endpoints; package guard does the same for
// library users. Both build the attempt and write refusals with package httpauth.
//
//	client --> httpauth.AttemptFrom --> Engine.Decide --refused--> httpauth.Refuser --> client
//	                                         |
//	                                      allowed
//	                                         v
//	       strip forged headers and the credential, set identity, X-Forwarded-* and
//	       the headers of UpstreamCredentials,
//	       forward with exactly the path that was decided on --> upstream
//
// # What a client can and cannot do
//
// The request target is parsed from the bytes of the request line. The authority of
// absolute-form targets with http or https is the host (RFC 9112 section 3.2.2); CONNECT
// and TRACE get 405, "*" and all other forms 400. Headers in which a client describes its
// route (Forwarded, X-Forwarded-*, X-Original-*) are ignored and removed, in any spelling;
// a configured [httpauth.Trust] lets proxies set address and scheme, and nothing else. A
// header that overrides the method is 400, unless the application behind the upstream reads
// it, so that it is decided on, or MethodHeaders of the upstream lists it. Also removed are
// headers that hooks may set or the policy protects (see [core.Engine.ProtectedHeaders]),
// and headers in which well-known proxies and products state the user ([route.Identities])
// or another place ([route.Locations]), unless ForwardHeaders of the upstream lists them.
// A header whose name is not plain ([route.IsPlainName]) is removed, since servers take
// SCRIPT_NAME for their own variable, and X_User for X-User. Identity headers are set after
// the hop-by-hop headers are removed, so that a Connection header cannot remove them.
// Trailers are dropped.
//
// The body is read before the decision for a method whose signature covers it
// ([core.BodyDigester]), up to [httpauth.MaxDigested] bytes, and forwarded unchanged.
//
// The only upgrade that is forwarded is a WebSocket handshake (GET), after the request
// was allowed. A request for h2c or another protocol is forwarded without the upgrade.
// Frames of an established WebSocket are not inspected.
//
// A request ends with its credential, see [core.Engine.Watch], unless its rule says
// [route.Keep]: a WebSocket, a started response and an upload are cut off, and a request
// without a response is refused. An HTTP/2 connection stays open.
//
// An upstream may have an [Inspector], which finds what else a body means to that
// upstream. A batch carries requests for other routes: it is read before it is forwarded,
// and only forwarded if each of them would be allowed on its own. A form may name another
// route than the path: it is streamed, and cut off before that name (400).
//
// The package does not handle CORS: it only sees preflights that the server does not
// answer, and Access-Control headers of upstreams are forwarded; see package cors, which
// learns from [httpauth.Forwarding] that a response is an upstream's. An inspector may
// remove some of them, since some applications allow credentials to every origin.
//
// # Bodies
//
// The upstream request starts after a body of up to 256 KiB has arrived, or the first 256
// KiB of a larger one, so that slow clients do not occupy its workers. The rest must
// arrive at 4 KiB per second (16 KiB for clients without an identity, as on public
// routes) and within an hour. Requests under a rule with StreamBody, and HTTP/2 bodies
// without a length from authenticated clients, are forwarded at once and only have the
// listener's minimum rate. Up to 256 KiB of a response are read ahead for a slow client.
// A client that reads less than 1 KiB per second is cut off, since an upstream worker
// waits for it. While other requests wait and the upstream answers none of them for 2 s,
// clients without an identity are cut off after 2 s in which they send or read too little.
// A WebSocket request with a body is refused.
//
// # What the server around it must set
//
// The package has no listener. Serve it with package listen, which bounds how slowly a
// body may arrive, or set ReadHeaderTimeout of the [http.Server] yourself. Set
// MaxHeaderBytes to about 64 KiB, and DisableGeneralOptionsHandler: otherwise net/http
// answers "OPTIONS *" itself.
//
// It does not authenticate, rewrite paths, balance, cache or retry.
package gateway
