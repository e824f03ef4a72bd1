// Package gateway is the reverse proxy: it turns an HTTP request into an
// [api.Attempt], asks the engine, and either passes the request on to an
// upstream or says no. The server mounts a [Gateway] behind Cardea's own
// endpoints; the guard for library users shares [AttemptFrom] and [Refuse].
//
//	client --> AttemptFrom --> Engine.Decide --refused--> Refuse --> client
//	                               |
//	                            allowed
//	                               v
//	       strip forgeries and the credential, set identity and X-Forwarded-*,
//	       and what the upstream's UpstreamCredentials says,
//	       write exactly the path that was decided on --> upstream
//
// # What a client can and cannot do
//
// The request target is read from the bytes of the request line. Absolute-form
// targets with http or https count with their authority as host (RFC 9112
// section 3.2.2); CONNECT and TRACE are answered 405, "*" and all other forms
// 400. Nothing that a client says about the way it came (Forwarded,
// X-Forwarded-*, X-Original-*, method overrides) is read or passed on, in any
// spelling; a configured [httpauth.Trust] lets proxies tell address and scheme, nothing
// else. Neither is what hooks may set or the policy protects (see
// [core.Engine.ProtectedHeaders]), nor the headers in which well-known proxies and
// products state who the user is ([route.Identities]), which an upstream's ForwardHeaders
// let pass. Identity headers are set after the hop-by-hop headers were removed, so
// that no Connection header can take them away again. Trailers are dropped.
//
// Of the upgrades only a WebSocket handshake (GET) is passed on, and only once
// the request was allowed; h2c and every other protocol is answered as if the
// client had not asked. An established WebSocket is not looked into.
//
// A request ends with the credential that it came by, see [core.Engine.Watch], unless
// its rule says [route.Keep]: a WebSocket, an answer that has begun and an upload are
// cut off, what is not yet answered is refused. Over HTTP/2 the connection goes on.
//
// What an upstream may find in a body besides what was decided on knows an [Inspector],
// of which an upstream may have one. A batch carries requests for other routes: it is
// read before it is passed on, and passes if each of them would have passed alone. A
// form may name another route than the path: it is passed on as it comes in, and breaks
// off before that name (400).
//
// It does not speak of CORS: preflights come here only where the server does not
// answer them, and Access-Control headers of upstreams pass; see package cors.
// What an inspector takes out of answers does not: there are applications that allow
// cookies to every origin that asks.
//
// # Bodies
//
// The upstream is asked once a body of up to 256 KiB is there, or the first 256 KiB of
// a larger one, so that clients who send slowly hold none of its workers; the rest
// must come at 4 KiB a second, and within an hour; that of clients without an identity,
// as on public routes, at 16 KiB a second. At once, and at the listener's
// pace, requests under a rule with StreamBody are passed on, and bodies over HTTP/2
// without a length that come from somebody. Up to 256 KiB of an answer are read ahead for
// a client that takes it slowly, and a client that takes less than 1 KiB a second is cut
// off, for a worker of the upstream waits for it. A request for a WebSocket that has a body is refused.
//
// # What the server around it must set
//
// The package holds no listener. Serve it with package listen, which bounds how
// slowly a body may come; or give the [http.Server] a ReadHeaderTimeout yourself. Set
// a MaxHeaderBytes of 64 KiB or so, and DisableGeneralOptionsHandler, without which
// net/http answers "OPTIONS *" itself.
//
// It does not authenticate, rewrite paths, balance, cache or retry.
package gateway
