// Package view makes keyed views of the values of hook points: what plugins and
// expressions read and write by name, such as "user.login" or "claim.plan".
//
//	core/point, a door with points of its own -> New(Text(...), User(...), ...) -> hooks.Viewer
//
// A view is built once per point and is safe for concurrent use; looking a key up
// allocates nothing. It knows no point.
package view
