// Package ijson reads JSON in one way only: as I-JSON (RFC 7493), with member names
// that are exactly those of the Go fields. What encoding/json lets pass, two readers
// may read differently: doubled and unknown members, names in another case, half
// surrogates, and whatever follows the value.
package ijson
