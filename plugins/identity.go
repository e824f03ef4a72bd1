package plugins

import (
	"fmt"

	"github.com/cardea-auth/cardea/plugins/manifest"
)

// checkIdentity refuses a plugin that was signed under another name than the one
// that the operator means: a signature says who made it, and a signer makes more
// than one, each to be granted something else.
func (s *source) checkIdentity(m manifest.Manifest) error {
	want := s.spec.ManifestName
	if want == "" && s.signer != "" {
		want = s.spec.Name
	}
	switch {
	case want == "" || m.Name == want:
		return nil
	case m.Name == "":
		return fmt.Errorf("it has no manifest that calls it %q: a signed plugin needs one, so that no other of the same signer takes its place", want)
	}
	return fmt.Errorf("its manifest calls it %q, %q is expected: put the right file there or, if this is the one you mean, give manifest_name: %s", m.Name, want, m.Name)
}

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
