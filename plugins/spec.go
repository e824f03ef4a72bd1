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
	// Reset gives every call the state that the guest had after configure. It
	// is the default.
	Reset = sandbox.Reset
	// Fresh gives every call a new instance.
	Fresh = sandbox.Fresh
	// Reuse lets a guest keep its memory from call to call: faster, and what it
	// saw of one user is there when it sees the next.
	Reuse = sandbox.Reuse
)

// The values of [Binding.OnError].
const (
	// Deny refuses the operation when the hook breaks.
	Deny = "deny"
	// Skip goes on with the value unchanged when the hook breaks.
	Skip = "skip"
	// LastGood asks the version before the last reload when the hook breaks, and
	// refuses as Deny does if there is none or it breaks, too. A binding with it
	// keeps that version in memory.
	LastGood = "last_good"
)

// Spec says which plugin to load and how far to trust it.
type Spec struct {
	// Name identifies the plugin in bindings and logs; "" takes the manifest's.
	Name string
	// File is the path of the module. A file beside it with ".json" in place of
	// ".wasm" is its manifest, unless Manifest is given.
	File string
	// Module is the module itself, instead of File.
	Module []byte
	// Manifest is the manifest's JSON; it may also be in the module's custom
	// section "hook.manifest".
	Manifest []byte
	// SHA256 pins the module: hexadecimal, 64 digits. "" accepts any.
	SHA256 string
	// Signature is a signature over module and manifest, as [manifest.Sign] makes it; for
	// a File also beside it, with ".jws" in place of ".wasm". One that is there
	// must be good if the host has keys.
	Signature []byte
	// Signed asks for a signature.
	Signed bool
	// ManifestName is the name that the manifest must give. "" is Name where a
	// signature counts, so that no other plugin of the same signer takes the
	// place of this one, and any name where none does.
	ManifestName string
	// Vectors are the plugin's self-test; for a File also beside it, with
	// ".vectors.json" in place of ".wasm", or in the module's custom section
	// "hook.vectors".
	Vectors []byte
	// Config is what the guest reads with config_get: scalars as text, objects
	// and lists as JSON text.
	Config map[string]string
	// Secrets is what the guest reads with secret_get, where a grant names it.
	Secrets map[string]api.Secret
	// Grants is what the operator allows. What counts is the part of it that the
	// manifest asks for.
	Grants manifest.Grants
	// Limits bounds the guest; zero fields have the defaults of plugins/abi.
	Limits manifest.Limits
	// Isolation is [Reset] (also ""), [Fresh] or [Reuse].
	Isolation string
}

// label is the name for messages, before a manifest has been read.
func (s Spec) label() string {
	switch {
	case s.Name != "":
		return s.Name
	case s.File != "":
		return s.File
	}
	return "(unnamed)"
}

// beside names a file that belongs to the module.
func (s Spec) beside(suffix string) string {
	return strings.TrimSuffix(s.File, filepath.Ext(s.File)) + suffix
}

// Binding says how a plugin is bound to a point.
type Binding struct {
	// Order is the place among the point's handlers: lower first, ties by name.
	Order int
	// OnError is [Deny], [Skip] or [LastGood]: what happens when the plugin breaks. "" means
	// deny at points that decide, skip at points that enrich and at events.
	// [LastGood] is the third choice. A refusal by the plugin is no error: it
	// always refuses.
	OnError string
	// Shadow runs the plugin, tells Config.OnShadow how its outcome differs from
	// the event as it is then, and changes nothing: no field, no refusal, no kv
	// entry, no request but GET and HEAD.
	Shadow bool
}
