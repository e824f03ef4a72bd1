package plugins

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// Candidate is a plugin before it goes live, for Config.SelfTest.
type Candidate struct {
	Name, Digest     string
	Module, Manifest []byte // Manifest is nil without one
	Vectors          []byte
	Isolation        string
	Limits           manifest.Limits
	Config           map[string]string
	Grants           manifest.Grants
}

// selfTest runs the plugin's own vectors.
func (v *version) selfTest(ctx context.Context, test func(context.Context, Candidate) error) error {
	vectors := v.source.spec.Vectors
	if vectors == nil {
		vectors, _ = v.Module.Section(abi.VectorsSection)
	}
	if want := v.manifest.Vectors; want != "" && vectors != nil && want != manifest.Digest(vectors) {
		return fmt.Errorf("the manifest has vectors with SHA-256 %s, these have %s: update the manifest or the vectors", want, manifest.Digest(vectors))
	}
	switch {
	case vectors == nil:
		return nil
	case len(vectors) > maxVectors:
		return fmt.Errorf("the vectors have more than %d bytes", maxVectors)
	case test == nil:
		v.log.Warn("plugin vectors not run: the host has no SelfTest")
		return nil
	}
	err := test(ctx, Candidate{
		Name: v.name, Digest: v.source.digest, Module: v.source.module, Manifest: v.source.manifest, Vectors: vectors,
		Isolation: v.source.isolation(), Limits: v.source.limits, Config: v.source.spec.Config, Grants: v.source.spec.Grants,
	})
	if err != nil {
		return fmt.Errorf("it fails its own vectors: %w", err)
	}
	return nil
}
