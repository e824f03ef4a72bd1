package main

import (
	"context"
	"net/netip"
	"net/textproto"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	cardea "github.com/cardea-auth/cardea/server/guard"
)

// guard decides on calls. It is safe for concurrent use.
type guard struct {
	engine *core.Engine
	forged *route.Names // metadata in which only Cardea or a proxy could speak
}

func newGuard(engine *core.Engine) guard { return guard{engine, route.FromClient()} }

var (
	_ grpc.UnaryServerInterceptor  = guard{}.unary
	_ grpc.StreamServerInterceptor = guard{}.stream
)

func (g guard) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	ctx, stop, err := g.admit(ctx, info.FullMethod)
	if err != nil {
		return nil, err
	}
	defer stop()
	answer, err := next(ctx, req)
	return answer, ended(ctx, err)
}

func (g guard) stream(srv any, s grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	ctx, stop, err := g.admit(s.Context(), info.FullMethod)
	if err != nil {
		return err
	}
	defer stop()
	return ended(ctx, next(srv, &stream{s, ctx}))
}

// stream is a stream whose context has the identity and ends with the credential.
type stream struct {
	grpc.ServerStream
	ctx context.Context
}

// Context implements grpc.ServerStream.
func (s *stream) Context() context.Context { return s.ctx }

// admit decides on a call. The context has the identity for [cardea.Identity], and ends
// with the credential. Call stop when the call is done.
func (g guard) admit(ctx context.Context, method string) (_ context.Context, stop func(), err error) {
	a := attempt(ctx, method)
	a.Header = g.engine.WithoutForged(a.Header)
	d := g.engine.Decide(ctx, a)
	if d.Outcome != core.Allowed {
		if len(d.Challenge) > 0 {
			grpc.SetHeader(ctx, metadata.MD{"www-authenticate": d.Challenge})
		}
		return nil, nil, refusal(d.Err)
	}
	ctx, stop = g.engine.WatchContext(g.withoutForged(ctx), a, &d)
	if !d.Anonymous() {
		ctx = cardea.WithIdentity(ctx, d.Identity)
	}
	return ctx, stop, nil
}

// withoutForged returns a context whose metadata has nothing that services could take for
// the word of Cardea or of a proxy, such as x-auth-user.
func (g guard) withoutForged(ctx context.Context) context.Context {
	md, _ := metadata.FromIncomingContext(ctx) // a copy
	protected := g.engine.ProtectedHeaders()
	for name := range md {
		if g.forged.Has(name) || protected.Has(name) {
			delete(md, name)
		}
	}
	return metadata.NewIncomingContext(ctx, md)
}

// attempt converts a call to an attempt: the full name of its method is the path.
func attempt(ctx context.Context, method string) *api.Attempt {
	md, _ := metadata.FromIncomingContext(ctx)
	a := &api.Attempt{Method: "POST", Scheme: "http", RawTarget: method, Header: api.Header{}}
	for name, values := range md {
		if name == ":authority" {
			a.Host = values[0]
		}
		if !strings.HasPrefix(name, ":") {
			a.Header[textproto.CanonicalMIMEHeaderKey(name)] = values
		}
	}
	if p, ok := peer.FromContext(ctx); ok {
		if addr, err := netip.ParseAddrPort(p.Addr.String()); err == nil {
			a.Peer = addr.Addr().Unmap()
		}
		if _, a.TLS = p.AuthInfo.(credentials.TLSInfo); a.TLS {
			a.Scheme = "https"
		}
	}
	return a
}

// ended returns the reason why the credential has ended, if it has, in place of the error
// of a canceled call.
func ended(ctx context.Context, err error) error {
	if cause, ok := context.Cause(ctx).(*api.Error); ok && err != nil {
		return refusal(cause)
	}
	return err
}

// refusal converts an error of the engine to a gRPC status. The status has the public
// message only, not the cause.
func refusal(e *api.Error) error {
	code, ok := map[api.Code]codes.Code{
		api.Invalid:         codes.InvalidArgument,
		api.Unauthenticated: codes.Unauthenticated,
		api.Denied:          codes.PermissionDenied,
		api.NotFound:        codes.NotFound,
		api.Conflict:        codes.Aborted,
		api.Throttled:       codes.ResourceExhausted,
		api.Unavailable:     codes.Unavailable,
	}[e.Code]
	if !ok {
		code = codes.Internal
	}
	return status.Error(code, e.Public)
}
