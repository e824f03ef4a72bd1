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

// version is a plugin as it was loaded at one time: where it came from, what it may
// do, and the sandbox that runs it.
type version struct {
	*sandbox.Version
	name     string
	source   source
	manifest manifest.Manifest
	declared manifest.Module
	rights   manifest.Rights
	log      *slog.Logger
}

// versions are those that calls of one plugin go to.
type versions struct {
	live atomic.Pointer[version]
	last atomic.Pointer[version] // the one before, while a binding wants it
}

// serves reports whether a version has the hook that a binding calls.
func (v *version) serves(h *sandbox.Hook) error {
	if !v.Serves(h) {
		return fmt.Errorf("it has hooks for %v only; export %s to add one", v.manifest.Hooks, abi.Export(h.Point.Name()))
	}
	if h.Point.Name() != identityHeaders || slices.Contains(v.manifest.Hooks, errorResponse) {
		return nil // the headers of an answer may be meant
	}
	settable := route.NewSettable()
	for _, name := range v.rights.Headers() {
		if err := settable.Check(name); err != nil {
			return fmt.Errorf("it is granted header.%s: %w", name, err)
		}
	}
	return nil
}

// The points that set headers: of the request to the upstream, and of a refusal.
const (
	identityHeaders = "identity-headers"
	errorResponse   = "error-response"
)

// checkNewer refuses a reload that leads a signed plugin back to an older version,
// which its author has replaced for a reason: whoever can write to the directory
// could pick the one with the hole. Who pins the module has chosen it.
func (v *version) checkNewer(running *version) error {
	if v.manifest.Name != running.manifest.Name || manifest.CompareVersions(v.manifest.Version, running.manifest.Version) >= 0 {
		return nil
	}
	if v.source.signer != "" && v.source.spec.SHA256 == "" {
		return fmt.Errorf("its version %q is older than %q, which runs: to go back pin it (sha256), or restart", v.manifest.Version, running.manifest.Version)
	}
	v.log.Warn("plugin goes back to an older version", "version", v.manifest.Version, "was", running.manifest.Version)
	return nil
}

// logMissing says what was asked for in vain.
func (v *version) logMissing() {
	if missing := v.rights.Missing(); v.manifest.Name != "" && len(missing) > 0 {
		v.log.Info("plugin is missing grants", "missing", missing)
	}
}

func nameOfFile(file string) string {
	base := filepath.Base(file)
	return strings.TrimSuffix(base, filepath.Ext(base))
}
