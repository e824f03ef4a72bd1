// Package sdk creates the files of a new plugin and builds plugins, for `cardea plugin
// new` and `cardea plugin build`.
//
// The SDKs are in the directories below, one per language. They are embedded, so that the
// binary alone is enough:
//
//	templates/<lang> + <lang>/ --New--> a directory that builds and passes its test
//	directory --Detect--> Language --Build--> module.wasm
//
// Building runs the language's own compiler from PATH and downloads nothing. The package
// does not load or run modules.
package sdk
