// Package manifest is what a plugin says about itself and what it may do: the
// manifest, the signature over it and the module, grants and limits, and whether
// a compiled module is what its manifest says.
//
// The host (plugins), its sandbox and the command line call it:
//
//	module, manifest beside it --Find--> text --Parse--> Manifest
//	                           --Verify--> key id
//	exports and imports --Module.Points, For, CheckGranted--> an error to show, or a plugin to start
//	Rights = what the manifest asks for, as far as the operator grants it
//
// It reads no files, compiles nothing and links no runtime.
package manifest
