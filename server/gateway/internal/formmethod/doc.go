// Package formmethod finds the method that a request body names in _method and the like, which many
// frameworks apply instead of the request's own.
package formmethod
