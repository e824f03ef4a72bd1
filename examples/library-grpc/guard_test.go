package main

import (
	"context"
	"encoding/base64"
	"maps"
	"net"
	"net/textproto"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/coretest"
	cardea "github.com/cardea-auth/cardea/server/guard"
)

// whoAmI is a service like a generated one that returns the caller's login and, in a
// response header, the names of the metadata it received.
func whoAmI(name string) *grpc.ServiceDesc {
	ask := func(ctx context.Context, _ any) (any, error) {
		md, _ := metadata.FromIncomingContext(ctx)
		grpc.SetHeader(ctx, metadata.MD{"got": slices.Sorted(maps.Keys(md))})
		id, ok := cardea.Identity(ctx)
		if !ok {
			return wrapperspb.String("nobody"), nil
		}
		return wrapperspb.String(id.Login), nil
	}
	return &grpc.ServiceDesc{ServiceName: name, HandlerType: (*any)(nil), Methods: []grpc.MethodDesc{{
		MethodName: "WhoAmI",
		Handler: func(srv any, ctx context.Context, dec func(any) error, i grpc.UnaryServerInterceptor) (any, error) {
			in := &emptypb.Empty{}
			if err := dec(in); err != nil {
				return nil, err
			}
			return i(ctx, in, &grpc.UnaryServerInfo{Server: srv, FullMethod: "/" + name + "/WhoAmI"}, ask)
		},
	}}}
}

// start serves on a loopback port, and returns a client.
func start(t *testing.T, engine *core.Engine) *grpc.ClientConn {
	t.Helper()
	s := newServer(engine)
	for _, name := range []string{"example.Greeter", "example.Admin"} {
		s.RegisterService(whoAmI(name), nil)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(l)
	t.Cleanup(s.Stop)
	conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func with(t *testing.T, authorization string) context.Context {
	if authorization == "" {
		return t.Context()
	}
	return metadata.AppendToOutgoingContext(t.Context(), "authorization", authorization)
}

func basicAuth(userPass string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(userPass))
}

func TestUnary(t *testing.T) {
	engine, err := newEngine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	token := coretest.Token(t, engine, api.Identity{Subject: "svc", Login: "service", Roles: []string{"administrator"}})
	conn := start(t, engine)
	for _, c := range []struct {
		name, method, authorization string
		code                        codes.Code
		want                        string // login
		challenged                  bool
	}{
		{"nothing", "/example.Greeter/WhoAmI", "", codes.Unauthenticated, "", true},
		{"password", "/example.Greeter/WhoAmI", basicAuth("anna:correct-horse"), codes.OK, "anna", false},
		{"wrong password", "/example.Greeter/WhoAmI", basicAuth("anna:wrong"), codes.Unauthenticated, "", true},
		{"without the role", "/example.Admin/WhoAmI", basicAuth("anna:correct-horse"), codes.PermissionDenied, "", false},
		{"not a token", "/example.Greeter/WhoAmI", "Bearer x", codes.Unauthenticated, "", true},
		{"token with the role", "/example.Admin/WhoAmI", "Bearer " + token, codes.OK, "service", false},
		{"two credentials", "/example.Greeter/WhoAmI", "Bearer " + token + ", " + basicAuth("anna:correct-horse"), codes.Unauthenticated, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var header metadata.MD
			out := &wrapperspb.StringValue{}
			err := conn.Invoke(with(t, c.authorization), c.method, &emptypb.Empty{}, out, grpc.Header(&header))
			if status.Code(err) != c.code || out.Value != c.want {
				t.Errorf("%v, %q, want %s and %q", err, out.Value, c.code, c.want)
			}
			if got := len(header["www-authenticate"]) > 0; got != c.challenged {
				t.Errorf("challenged: %v, want %v", got, c.challenged)
			}
		})
	}
}

// TestUnary_forged: hooks and services do not see metadata that only Cardea or a proxy may
// set; hooks do not see an address that the client claims either.
func TestUnary_forged(t *testing.T) {
	var saw api.Header
	h := core.NewHooks()
	h.IdentityHeaders.Declare("X-Tenant")
	h.RouteAccess.Bind("see", func(_ context.Context, a core.Access) (core.Access, error) {
		saw = a.Attempt.Header
		return a, nil
	})
	engine, _ := coretest.New(t, core.Config{Policy: core.Policy{Rules: rules(), Hooks: h}})
	token := coretest.Token(t, engine, api.Identity{Subject: "5", Login: "anna"})
	conn := start(t, engine)
	for name, c := range map[string]struct{ hooks, services bool }{
		"x-auth-user": {}, "x_auth_user": {}, "x-cardea-assertion": {}, "x-ssl-client-verify": {}, "remote-user": {}, "x-tenant": {}, "x-original-url": {},
		"x-real-ip": {services: true}, "x-forwarded-for": {services: true},
		"x-plain": {true, true}, "authorization": {true, true},
	} {
		ctx := with(t, "Bearer "+token)
		if name != "authorization" {
			ctx = metadata.AppendToOutgoingContext(ctx, name, "1")
		}
		var header metadata.MD
		if err := conn.Invoke(ctx, "/example.Greeter/WhoAmI", &emptypb.Empty{}, &wrapperspb.StringValue{}, grpc.Header(&header)); err != nil {
			t.Fatal(err)
		}
		_, hooks := saw[textproto.CanonicalMIMEHeaderKey(name)]
		if services := slices.Contains(header["got"], name); hooks != c.hooks || services != c.services {
			t.Errorf("%s: hooks saw it: %v, services: %v; want %v and %v", name, hooks, services, c.hooks, c.services)
		}
	}
}

// TestUnary_public: a public rule allows anonymous calls.
func TestUnary_public(t *testing.T) {
	engine, _ := coretest.New(t, core.Config{Policy: core.Policy{Rules: rules()}})
	health := grpc_health_v1.NewHealthClient(start(t, engine))
	if _, err := health.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{}); err != nil {
		t.Error(err)
	}
}

// TestStream: a stream ends when its credential does, with an error that says so.
func TestStream(t *testing.T) {
	engine, _ := coretest.New(t, core.Config{Policy: core.Policy{Rules: rules()}})
	health := grpc_health_v1.NewHealthClient(start(t, engine))
	token := coretest.Token(t, engine, api.Identity{Subject: "5", Login: "anna"})
	s, err := health.Watch(with(t, "Bearer "+token), &grpc_health_v1.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Recv(); err != nil {
		t.Fatal(err)
	}
	if err := engine.Tokens().RevokeToken(t.Context(), api.Secret(token)); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if _, err = s.Recv(); status.Code(err) != codes.Unauthenticated || time.Since(begin) > 30*time.Second {
		t.Errorf("%v after %s", err, time.Since(begin))
	}
}
