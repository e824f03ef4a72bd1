// Package gallery contains the sample plugins, one directory each: source, manifest,
// vectors, and the module if it is small.
//
// Readers copy from it, and `cardea plugin test DIR` runs any of them. The tests here run
// every vector against the committed module and, if the compiler is installed, rebuild
// the module and compare.
//
// It has no exported names.
package gallery
