// Package manifest describes what a plugin declares and what it may do: the manifest, the
// signature over it and the module, grants and limits, and the check of a compiled module
// against its manifest.
//
// It is called by the host (plugins), its sandbox and the command line:
//
//	module, manifest beside it --Find--> text --Parse--> Manifest
//	                           --Verify--> key id
//	exports and imports --Module.Points, For, CheckGranted--> an error to show, or a plugin to start
//	Rights = what the manifest asks for, as far as the operator grants it
//
// It reads no files, compiles nothing and does not import the WASM runtime.
package manifest
