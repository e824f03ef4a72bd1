// Package ijson decodes JSON strictly: as I-JSON (RFC 7493), with member names exactly
// those of the Go fields. It rejects what encoding/json accepts but other parsers may read
// differently: duplicate and unknown members, names in another case, lone surrogates, and
// data after the value.
package ijson
