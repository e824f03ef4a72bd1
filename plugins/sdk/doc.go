// Package sdk writes the beginnings of a plugin and builds what they become: it
// is what stands behind `cardea plugin new` and `cardea plugin build`.
//
// The SDKs themselves are in the directories below, one a language. They are
// embedded here, so that the binary alone is enough to begin with:
//
//	templates/<lang> + <lang>/ --New--> a directory that builds and passes its test
//	directory --Detect--> Language --Build--> module.wasm
//
// Building runs the language's own compiler, found in PATH; nothing is fetched.
// The package does not load or run modules.
package sdk
