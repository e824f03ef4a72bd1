// Package plugincmd implements 'cardea plugin': new, build, inspect, check, test, bench,
// replay, diff, sign, verify, list and reload, one file each; and the plugin of 'cardea dev
// --plugin'.
//
//	server/cli -> New      -> plugins/plugintest -> plugins
//	           -> DevFlags -> DevPlugin          -> server/app
//
// Package plugins loads and runs plugins; package plugintest reads and runs the vectors.
package plugincmd
