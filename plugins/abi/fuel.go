package abi

// The fuel that host calls burn in addition to the fixed price of each call. It depends
// only on sizes, so that the same call burns the same on every machine.
const (
	FuelBytes   = 16 // bytes per unit that a host call reads or writes
	FuelJSON    = 16 // units per byte that the host parses as JSON: up to 0.2 us
	FuelRequest = 4  // units per byte of a request of http_fetch
	FuelName    = 16 // units per key that keys and get_all look at, plus one for each change so far
)
