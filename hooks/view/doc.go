// Package view creates keyed views of the values of hook points: what plugins and
// expressions read and write by name, such as "user.login" or "claim.plan".
//
//	core/point, third parties' points -> New(Text(...), User(...), ...) -> hooks.Viewer
//
// A view is built once per point and is safe for concurrent use; looking up a key does not
// allocate. The package knows no points.
package view
