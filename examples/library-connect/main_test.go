package main

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"testing"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// TestHandler: clients of each protocol read refusals and results.
func TestHandler(t *testing.T) {
	engine, err := newEngine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	s := httptest.NewUnstartedServer(newHandler(engine))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()

	for protocol, option := range map[string][]connect.ClientOption{
		"Connect": nil, "gRPC": {connect.WithGRPC()}, "gRPC-Web": {connect.WithGRPCWeb()},
	} {
		for _, c := range []struct {
			name, procedure, password string
			code                      connect.Code // 0: passes
		}{
			{"nothing", "/example.Greeter/WhoAmI", "", connect.CodeUnauthenticated},
			{"wrong password", "/example.Greeter/WhoAmI", "wrong", connect.CodeUnauthenticated},
			{"password", "/example.Greeter/WhoAmI", "correct-horse", 0},
			{"without the role", "/example.Admin/WhoAmI", "correct-horse", connect.CodePermissionDenied},
		} {
			t.Run(protocol+"/"+c.name, func(t *testing.T) {
				client := connect.NewClient[emptypb.Empty, wrapperspb.StringValue](s.Client(), s.URL+c.procedure, option...)
				in := connect.NewRequest(&emptypb.Empty{})
				if c.password != "" {
					in.Header().Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("anna:"+c.password)))
				}
				out, err := client.CallUnary(t.Context(), in)
				if c.code == 0 && (err != nil || out.Msg.Value != "anna") {
					t.Errorf("got %v, %v; want anna", out, err)
				}
				if c.code != 0 && connect.CodeOf(err) != c.code {
					t.Errorf("%v, want %s", err, c.code)
				}
			})
		}
	}
}

// TestHandler_plain: a client without any of the protocols gets an HTTP status.
func TestHandler_plain(t *testing.T) {
	engine, err := newEngine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	w := httptest.NewRecorder()
	newHandler(engine).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/example.Greeter/WhoAmI", nil))
	if w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" {
		t.Errorf("got %d %v, want 401 with WWW-Authenticate", w.Code, w.Header())
	}
}
