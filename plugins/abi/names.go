package abi

import "strings"

// The version of the ABI. Major is part of the names below.
const (
	Major = 1
	Minor = 0
)

// What a guest exports and imports.
const (
	Module     = "hook_v1"     // the module that the imports come from
	Marker     = "hook_abi_v1" // a function that is never called: "I speak this ABI"
	Configure  = "configure"   // optional, () -> i32: read the configuration, 0 is success
	Initialize = "_initialize" // optional, () -> (): what a toolchain runs first
	Memory     = "memory"      // the linear memory

	exportPrefix = "on_"

	// ManifestSection is the custom section that may hold the manifest.
	ManifestSection = "hook.manifest"
	// VectorsSection is the custom section that may hold the self-test.
	VectorsSection = "hook.vectors"
)

// Rights beyond keys, as they stand in grants.
const (
	AllowExtend = "exp.extend"  // make a token live longer than proposed
	AllowWiden  = "route.widen" // make a route public
	AllowRoles  = "roles.widen" // add roles or scopes where decisions go by them
)

// Export returns the name of the export for a point: on_auth_expire for
// auth-expire. Its signature is () -> i32, a [Status].
func Export(point string) string {
	return exportPrefix + strings.ReplaceAll(point, "-", "_")
}

// PointOf is the inverse of [Export]; false if the export is not a hook.
func PointOf(export string) (string, bool) {
	name, ok := strings.CutPrefix(export, exportPrefix)
	return strings.ReplaceAll(name, "_", "-"), ok
}

// Status is what a hook returns. Negative values say that the hook failed; any
// value without a name here is a failure too.
type Status = int32

// The statuses.
const (
	Continue      Status = 0 // keep the changes, go on
	Stop          Status = 1 // keep the changes, run no later handler; Continue at points that decide
	Refuse        Status = 2 // keep nothing, refuse with what deny() said
	NotApplicable Status = 3 // keep nothing, go on
)

// Result is what a host call returns when it is below zero.
type Result = int32

// The results below zero.
const (
	OK          Result = 0
	Absent      Result = -1 // no such field now
	NotGranted  Result = -2 // the operator did not grant it, or the point forbids it
	BadArgument Result = -3 // memory range, key, text or number is wrong
	TooLarge    Result = -4 // over a limit
	Unavailable Result = -5 // the part that is needed does not answer
)

// Refusal is the first argument of deny: which kind of refusal it is.
type Refusal = int32

// The refusals. An unknown number counts as Forbidden.
const (
	Forbidden       Refusal = 0 // not allowed
	Unauthenticated Refusal = 1 // credentials are not good enough
	Malformed       Refusal = 2 // the request makes no sense
	Throttled       Refusal = 3 // too often
)

// Level is the first argument of log.
type Level = int32

// The levels.
const (
	Debug Level = 0
	Info  Level = 1
	Warn  Level = 2
	Error Level = 3
)
