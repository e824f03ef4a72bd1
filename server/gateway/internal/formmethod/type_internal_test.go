package formmethod

import (
	"strings"
	"testing"
)

// TestIsNoForm tests from which types no framework takes parameters, as their
// specifications name them, and from which one might.
func TestIsNoForm(t *testing.T) {
	for kinds, want := range map[string]bool{
		`text/plain text/csv text/html text/markdown text/calendar application/octet-stream application/pdf application/zip
		application/gzip application/x-tar application/protobuf application/x-protobuf application/grpc application/grpc+proto
		application/grpc-web application/grpc-web+proto image/png audio/ogg video/mp4 font/woff2 IMAGE/PNG text/plain;charset=utf-8`: true,
		`application/json application/x-www-form-urlencoded multipart/form-data multipart/mixed application/xml text/xml
		application/vnd.api+json image/svg+xml application/grpc+json application/x-ndjson application/javascript application/x-yaml
		application/cbor application/msgpack text/anything text/plain;multipart text/plain;a=json plain /plain application/grpc-x
		application/x-ruby model/gltf message/rfc822`: false,
	} {
		for _, kind := range strings.Fields(kinds) {
			if got := IsNoForm([]string{kind}); got != want {
				t.Errorf("%s: IsNoForm: got %v, want %v", kind, got, want)
			}
		}
	}
	for _, list := range [][]string{nil, {}, {""}, {"text/plain", "text/plain"}} {
		if IsNoForm(list) {
			t.Errorf("%q is not detected as a form", list)
		}
	}
}
