// Package concurrency bounds the number of concurrent plugin calls of one host.
//
// The host (plugins) creates one limiter for all plugins and one for each plugin; calls
// (plugins/internal/sandbox) acquire both:
//
//	TryAcquire, or Acquire until ctx ends --> the call runs --> Release
//
// It knows nothing about the calls, and has no queue: any waiting call may be next.
package concurrency
