package plugins

import (
	"path/filepath"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/plugins/internal/sandbox"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// The values of [Spec.Isolation].
const (
	// Reset gives every call the state that the guest had after configure. It is the
	// default.
	Reset = sandbox.Reset
	// Fresh gives every call a new instance.
	Fresh = sandbox.Fresh
	// Reuse lets a guest keep its memory between calls: faster, but data of one user is
	// still there when the guest handles the next.
	Reuse = sandbox.Reuse
)

// The values of [Binding.OnError].
const (
	// Deny refuses the operation when the hook fails.
	Deny = "deny"
	// Skip continues with the value unchanged when the hook fails.
	Skip = "skip"
	// LastGood calls the version before the last reload when the hook fails, and refuses
	// like Deny if there is none or it fails, too. Such a binding keeps that version in
	// memory.
	LastGood = "last_good"
)

// Spec says which plugin to load and how far to trust it.
type Spec struct {
	// Name identifies the plugin in bindings and logs; "" means the manifest's name.
	Name string
	// File is the path of the module. The manifest is the file beside it with the
	// extension ".json" instead of ".wasm", unless Manifest is set.
	File string
	// Module is the module itself, instead of File.
	Module []byte
	// Manifest is the manifest's JSON; it may also be in the module's custom section
	// "hook.manifest".
	Manifest []byte
	// SHA256 pins the module: 64 hexadecimal digits. "" accepts any.
	SHA256 string
	// Signature is a signature over module and manifest, made by [manifest.Sign]. For a
	// File it may also be beside it, with the extension ".jws". If there is one and the
	// host has keys, it must be valid.
	Signature []byte
	// Signed requires a signature.
	Signed bool
	// ManifestName is the name that the manifest must have. "" means Name if a signature
	// is checked, so that another plugin of the same signer cannot replace this one, and
	// otherwise any name.
	ManifestName string
	// Vectors are the plugin's self-test. For a File they may also be beside it, with the
	// extension ".vectors.json", or in the module's custom section "hook.vectors".
	Vectors []byte
	// Config is read by the guest with config_get: scalars as strings, objects and lists
	// as JSON.
	Config map[string]string
	// Secrets are read by the guest with secret_get, if a grant names them.
	Secrets map[string]api.Secret
	// Grants is what the operator allows. Only the part that the manifest asks for takes
	// effect.
	Grants manifest.Grants
	// Limits bounds the guest; zero fields have the defaults of plugins/abi.
	Limits manifest.Limits
	// Isolation is [Reset] (also ""), [Fresh] or [Reuse].
	Isolation string
}

// label returns the name for messages before the manifest has been read.
func (s Spec) label() string {
	switch {
	case s.Name != "":
		return s.Name
	case s.File != "":
		return s.File
	}
	return "(unnamed)"
}

// beside returns the path of a file that belongs to the module.
func (s Spec) beside(suffix string) string {
	return strings.TrimSuffix(s.File, filepath.Ext(s.File)) + suffix
}

// Binding says how a plugin is bound to a point.
type Binding struct {
	// Order is the position among the point's handlers: lower first, ties by name.
	Order int
	// OnError is [Deny], [Skip] or [LastGood]: what happens when the plugin fails. ""
	// means deny at points that decide, skip at points that enrich and at events. A
	// refusal by the plugin is not a failure: it always refuses.
	OnError string
	// Shadow runs the plugin, tells Config.OnShadow how its outcome differs from the
	// event, and changes nothing: no field, no refusal, no kv entry, and no requests
	// except GET and HEAD.
	Shadow bool
}
