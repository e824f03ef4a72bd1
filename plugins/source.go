package plugins

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// source is a plugin as it was passed to Load, read and checked as far as that is
// possible without compiling.
type source struct {
	given    Spec // unchanged
	spec     Spec
	module   []byte
	manifest []byte // from a file beside the module or a section in it; nil without one
	digest   string
	bytes    int // of the module
	limits   manifest.Limits
	signer   string // key ID of the signature, "" without a valid one
	trusted  bool   // pinned or signed
	stamp    stamp  // of the files
}

func open(spec Spec, own ...abi.Point) (source, error) {
	src := source{given: spec, spec: spec, stamp: stampOf(spec), module: spec.Module, manifest: spec.Manifest, limits: spec.Limits.WithDefaults()}
	if err := spec.check(own); err != nil {
		return src, err
	}
	if spec.File != "" {
		if err := src.readFile(); err != nil {
			return src, err
		}
	}
	if len(src.module) > src.limits.ModuleBytes {
		return src, fmt.Errorf("the module has more than %d bytes: strip it (-ldflags=\"-s -w\", wasm-opt) or raise limits.module_bytes", src.limits.ModuleBytes)
	}
	inside, err := manifest.Find(src.module, src.manifest)
	if err != nil {
		return src, err
	}
	src.manifest = bytes.Clone(inside) // the module itself is released after compilation
	src.spec.Config, src.spec.Secrets = maps.Clone(spec.Config), maps.Clone(spec.Secrets)
	return src, src.pin()
}

func (s Spec) check(own []abi.Point) error {
	if (s.File == "") == (len(s.Module) == 0) {
		return errors.New("give either a file or a module")
	}
	if !slices.Contains([]string{"", Reset, Fresh, Reuse}, s.Isolation) {
		return fmt.Errorf("isolation is %q, must be %s, %s or %s", s.Isolation, Reset, Fresh, Reuse)
	}
	if s.Name != "" && !manifest.ValidName(s.Name) {
		return errors.New("the name: use lower-case letters, digits and hyphens, at most 64")
	}
	size := 0
	for key, value := range s.Config {
		size += len(key) + len(value)
	}
	if size > abi.MaxConfig {
		return fmt.Errorf("the configuration has %d bytes, at most %d are allowed", size, abi.MaxConfig)
	}
	return errors.Join(s.Limits.Check(), s.Grants.Check(own...))
}

// readFile reads the module and the files beside it.
func (s *source) readFile() (err error) {
	if s.module, err = readBounded(s.spec.File, s.limits.ModuleBytes); err != nil {
		return err
	}
	return errors.Join(
		s.readBeside(".json", abi.MaxManifest, &s.manifest),
		s.readBeside(".jws", maxSignature, &s.spec.Signature),
		s.readBeside(".vectors.json", maxVectors, &s.spec.Vectors))
}

const (
	maxSignature = 256 << 10
	maxVectors   = 4 << 20
)

// readBeside reads a file beside the module into *into, unless the spec has set it.
func (s *source) readBeside(suffix string, limit int, into *[]byte) error {
	if *into != nil {
		return nil
	}
	content, err := readBounded(s.spec.beside(suffix), limit)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	*into = content
	return err
}

// readBounded reads at most limit+1 bytes, so that the caller can see that the file is
// too large.
func readBounded(name string, limit int) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, int64(limit)+1))
}

// pin computes the digest and compares it with the operator's, if there is one.
func (s *source) pin() error {
	sum := sha256.Sum256(s.module)
	s.digest, s.bytes = hex.EncodeToString(sum[:]), len(s.module)
	if s.spec.SHA256 == "" {
		return nil
	}
	s.trusted = true
	want, err := hex.DecodeString(s.spec.SHA256)
	if err != nil || len(want) != len(sum) {
		return fmt.Errorf("sha256 is %q, must be 64 hexadecimal digits", s.spec.SHA256)
	}
	if subtle.ConstantTimeCompare(want, sum[:]) == 0 {
		return fmt.Errorf("the module's SHA-256 is %s, pinned is %s: if you changed it, pin the new one", s.digest, s.spec.SHA256)
	}
	return nil
}

var errUnsigned = errors.New("it is not signed: put the signature beside it (.jws), or remove signed: true")

// verify checks the signature, if there is one or one is required.
func (s *source) verify(trusted []api.Key) (err error) {
	signature := s.spec.Signature
	switch {
	case signature == nil && s.spec.Signed:
		return errUnsigned
	case signature == nil || len(trusted) == 0 && !s.spec.Signed:
		return nil
	}
	s.signer, err = manifest.Verify(s.module, s.manifest, signature, trusted)
	s.trusted = s.trusted || err == nil
	return err
}

// checkIdentity rejects a plugin that was signed under another name than the one that the
// operator expects: a signature says who made it, and one signer may sign several plugins
// with different grants.
func (s *source) checkIdentity(m manifest.Manifest) error {
	want := s.spec.ManifestName
	if want == "" && s.signer != "" {
		want = s.spec.Name
	}
	switch {
	case want == "" || m.Name == want:
		return nil
	case m.Name == "":
		return fmt.Errorf("it has no manifest with the name %q: a signed plugin needs one", want)
	}
	return fmt.Errorf("the name in its manifest is %q, must be %q: use the right file or, if this is the right one, set manifest_name: %s", m.Name, want, m.Name)
}

func (s *source) isolation() string { return cmp.Or(s.spec.Isolation, Reset) }
