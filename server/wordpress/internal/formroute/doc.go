// Package formroute checks forms, as they pass, for a parameter that names a REST route:
// WordPress would run that route instead of the one that was authorized.
//
//	body -> form, piece by piece -> encodedNames | partNames -> verdict: pass, hold back, stop
package formroute
