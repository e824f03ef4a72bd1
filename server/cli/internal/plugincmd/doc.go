// Package plugincmd is 'cardea plugin': new, build, inspect, check, test, bench, replay,
// diff, sign, verify, list and reload, a file each; and the plugin of 'cardea dev --plugin'.
//
//	server/cli -> New      -> plugins/plugintest -> plugins
//	           -> DevFlags -> DevPlugin          -> server/app
//
// Loading and running plugins is plugins' work; the vectors are plugintest's.
package plugincmd
