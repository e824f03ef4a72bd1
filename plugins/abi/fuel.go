package abi

// What the host's work for a guest burns, besides the flat price of each call. It
// goes by sizes alone, so that the same call burns the same on every machine.
const (
	FuelBytes   = 16 // bytes that a host call reads or writes for one unit
	FuelJSON    = 16 // units for each byte that the host parses as JSON: up to 0.2 us
	FuelRequest = 4  // units for each byte of a request of http_fetch
	FuelName    = 16 // units for each key that keys and get_all look at, and one more for each change so far
)
