// Package listen bounds the cost of a listener's connections. Package app puts every
// listener of the server behind a [Limits]; programs that embed the gateway can do the
// same.
//
//	net.Listener -> Limits.Wrap: caps, slow readers, HTTP/1 framing -> http.Server
//	http.Handler <- Limits.Server: timeouts, minimum body rate      <-
//
// # Caps
//
// A listener has at most Config.Connections connections, and at most Config.PerPeer from
// one peer: one IPv4 address, or one /64 of IPv6. Loopback, Unix sockets and
// Config.Exempt count towards the total only. At a cap, the connection that has waited
// longest for its client is closed and the new one is accepted; if none waits, the new
// one is closed at once:
//
//	held by                                         closed for a new one
//	a TLS handshake, a request header, no request   yes
//	a body, also a streamed one                     if slower than 16 KiB/s, by more than 1 s
//	a client that reads a response                  the same
//	a handler at work, also with a body unread      no
//	HTTP/2 requests                                 if each of them waits for the client
//	an upgrade                                      only while the client does not read
//
// An HTTP/2 connection has at most 100 requests in progress. All HTTP/2 requests together
// are limited to the same numbers as connections, in total and per peer; for one more, the
// request that has waited longest for its client is reset, and if none waits, it gets 503
// with Retry-After. Request headers count after decoding towards
// [http.Server.MaxHeaderBytes], including repeated index references.
//
// # Bodies
//
// A request body must start within 10 s and arrive at 1 KiB per 10 s or faster on
// average; time in which it is not read does not count. Otherwise Read returns an error
// that is [os.ErrDeadlineExceeded]. A client that reads a response more slowly than that
// is cut off.
//
// A response that starts before the body was read does not wait for it. Data that has
// arrived is skipped. If that completes the body, the connection is kept; otherwise the
// response has Connection: close.
//
// # Framing
//
// A request with both Content-Length and Transfer-Encoding, or an HTTP/1.0 request
// with Transfer-Encoding, is the last of its connection (RFC 9112 section 6.1).
package listen
