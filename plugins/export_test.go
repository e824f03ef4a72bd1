package plugins

import (
	"os"
	"runtime"
	"testing"

	"github.com/cardea-auth/cardea/plugins/manifest"
)

// NeedsCompiler leaves a test of compiled code out where modules are interpreted,
// which takes ten times as long and keeps no code; under CARDEA_REQUIRE_ALL=1 it
// fails there.
func NeedsCompiler(t *testing.T) {
	t.Helper()
	if runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64" {
		return
	}
	const why = "modules are interpreted on this processor"
	if os.Getenv("CARDEA_REQUIRE_ALL") == "1" {
		t.Fatal(why + " and CARDEA_REQUIRE_ALL=1")
	}
	t.Skip(why)
}

// RequestTarget is where a guest's request would go under a grant.
func RequestTarget(text string, g manifest.HTTPGrant) (method, host, path string, ok bool) {
	r, err := parseRequest(text)
	rights := manifest.Rights{Asked: manifest.Grants{HTTP: []manifest.HTTPGrant{g}}, Given: manifest.Grants{HTTP: []manifest.HTTPGrant{g}}}
	if err != nil {
		return "", "", "", false
	}
	if _, ok := rights.HTTP(r.method, r.url); !ok {
		return "", "", "", false
	}
	return r.method, manifest.HostPort(r.url), r.url.Path, true
}
