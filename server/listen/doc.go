// Package listen bounds what the connections of a listener may cost. Package app
// puts every listener of the server behind a [Limits]; programs that embed the
// gateway can do the same.
//
//	net.Listener -> Limits.Wrap: caps, slow readers, HTTP/1 framing -> http.Server
//	http.Handler <- Limits.Server: timeouts, least rate of bodies   <-
//
// # Caps
//
// A listener has at most Config.Connections connections, and at most Config.PerPeer
// from one peer: one IPv4 address, or one /64 of IPv6. Loopback, unix sockets and
// Config.Exempt count in the total only. At a cap, the connection that has waited
// longest for its client, without a request under way, is closed and the new one is
// taken; where all have a request under way, the new one is closed at once.
//
// Over HTTP/2 a connection has at most 100 requests under way, and all together as many
// as connections are allowed, in all and of one peer: what is more is 503 with
// Retry-After. The headers of a request count as they are after decoding towards
// [http.Server.MaxHeaderBytes], however often an index repeats them.
//
// # Bodies
//
// A request body must begin within 10 s and arrive at 1 KiB per 10 s or faster on
// average; time in which nobody reads it does not count. Past that, Read returns an
// error that is [os.ErrDeadlineExceeded]. A client that reads an answer more slowly
// than that is cut off.
//
// An answer that is written before the body was read does not wait for it. What has
// arrived is skipped, and the connection is kept if that was all; otherwise the
// answer says Connection: close.
//
// # Framing
//
// A request with both Content-Length and Transfer-Encoding, or an HTTP/1.0 request
// with Transfer-Encoding, is the last of its connection (RFC 9112 section 6.1).
package listen
