// Package concurrency bounds how many calls of plugins run at a time in one host.
//
// The host (plugins) makes one limiter for all of its plugins, and one more for each
// plugin; calls (plugins/internal/sandbox) acquire both:
//
//	TryAcquire, or Acquire until ctx ends --> the call runs --> Release
//
// It knows nothing of what runs, and has no queue: of those that wait, any may be next.
package concurrency
