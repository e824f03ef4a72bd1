package plugins

import (
	"runtime"
	"testing"
)

// NeedsCompiler leaves a test out that measures compiled code, where modules are
// interpreted.
func NeedsCompiler(t *testing.T) {
	t.Helper()
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("modules are interpreted on this processor, which takes about ten times as long")
	}
}

// RequestTarget is where a guest's request would go under a grant.
func RequestTarget(text string, g HTTPGrant) (method, host, path string, ok bool) {
	r, err := parseRequest(text)
	if err != nil || !g.covers(r.method, r.url) {
		return "", "", "", false
	}
	return r.method, hostPort(r.url), r.url.Path, true
}
