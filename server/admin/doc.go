// Package admin is the admin listener: health, readiness and metrics, for operators and
// monitoring. Do not expose the listener to the public.
//
//	/healthz, /livez  the process responds
//	/readyz           it can make decisions: store, keys, revocations
//	/metrics          Prometheus text format
package admin
