// Package gallery is the sample plugins, one directory each: source, manifest,
// vectors, and the module where it is small.
//
// Readers copy from it, and `cardea plugin test DIR` runs any of them. The tests
// here run every vector against the module in the tree and, where the compiler
// is installed, build the module again and compare.
//
// It is data: there is nothing to import.
package gallery
