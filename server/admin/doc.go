// Package admin is the admin listener: health, readiness and metrics, for
// operators and their machines. Keep the listener away from the public.
//
//	/healthz, /livez  the process answers
//	/readyz           it can decide: store, keys, revocations
//	/metrics          Prometheus text
package admin
