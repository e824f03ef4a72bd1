package plugins

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/sandbox"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// version is one loaded state of a plugin: its source, its rights, and the sandbox that
// runs it.
type version struct {
	*sandbox.Version
	name     string
	source   source
	manifest manifest.Manifest
	declared manifest.Module
	rights   manifest.Rights
	log      *slog.Logger
}

// versions holds the versions that calls of one plugin may go to.
type versions struct {
	live atomic.Pointer[version]
	last atomic.Pointer[version] // the previous one, if a binding has LastGood
}

// serves returns an error if the version lacks the hook that a binding calls.
func (v *version) serves(h *sandbox.Hook) error {
	if !v.Serves(h) {
		return fmt.Errorf("it has hooks for %v only; export %s to add one", v.manifest.Hooks, abi.Export(h.Point.Name()))
	}
	if h.Point.Name() != identityHeaders || slices.Contains(v.manifest.Hooks, errorResponse) {
		return nil // the headers may be for error-response
	}
	settable := route.NewSettable()
	for _, name := range v.rights.Headers() {
		if err := settable.Check(name); err != nil {
			return fmt.Errorf("it is granted header.%s: %w", name, err)
		}
	}
	return nil
}

// The points that set headers: of the request to the upstream, and of an error response.
const (
	identityHeaders = "identity-headers"
	errorResponse   = "error-response"
)

// checkNewer rejects a reload that downgrades a signed plugin. Otherwise anyone who can
// write to the directory could bring back an old version with a known vulnerability. A
// pinned module was chosen by the operator.
func (v *version) checkNewer(running *version) error {
	if v.manifest.Name != running.manifest.Name || manifest.CompareVersions(v.manifest.Version, running.manifest.Version) >= 0 {
		return nil
	}
	if v.source.signer != "" && v.source.spec.SHA256 == "" {
		return fmt.Errorf("its version %q is older than the running %q: to downgrade, pin it (sha256) or restart", v.manifest.Version, running.manifest.Version)
	}
	v.log.Warn("plugin downgraded", "version", v.manifest.Version, "was", running.manifest.Version)
	return nil
}

// logMissing logs the grants that the manifest asks for and the operator did not give.
func (v *version) logMissing() {
	if missing := v.rights.Missing(); v.manifest.Name != "" && len(missing) > 0 {
		v.log.Info("plugin is missing grants", "missing", missing)
	}
}

func nameOfFile(file string) string {
	base := filepath.Base(file)
	return strings.TrimSuffix(base, filepath.Ext(base))
}
