// Package app builds a server from its configuration with fx. It is the only package that
// imports fx; the parts themselves are plain constructors, such as those of server/mount
// (methods and dialects at their mounts), server/state (store, keys, directories) and
// server/check (problems of a configuration).
//
//	config -> store keys users plugins -> hooks methods dialects -> engine
//	       -> gateway router -> listeners
//
// Each part is an fx.Module. Methods, dialects and hook bindings are value groups; since
// fx groups are unordered, each member has its position and the groups are sorted. Parts
// start in dependency order and stop in reverse.
package app
