package abi

// Import is a host function: its name in module [Module], and its parameters and result
// as letters: i for i32, I for i64, "" for no result. A pointer with a length is "ii".
type Import struct{ Name, Params, Result string }

// Signature returns the signature for messages, for example (i32, i64) -> i32.
func (i Import) Signature() string {
	text := "("
	for n, c := range i.Params {
		if n > 0 {
			text += ", "
		}
		text += letter(c)
	}
	text += ")"
	for _, c := range i.Result {
		text += " -> " + letter(c)
	}
	return text
}

// Record describes the entry that get_all writes for each field, in little-endian order:
//
//	offset 0  u8   type: [RecordText], [RecordInt] or [RecordJSON]
//	       1  u8   0
//	       2  u16  length of the key
//	       4  u32  length of the value
//	       8       key, then value: a string, an i64, or JSON text
//
// http_fetch reads and writes text. A request is "METHOD URL", a line for each header
// ("Name: value"), an empty line and the body; a response has the status ("200") in the
// first line. Lines end in "\n". A guest that repeats the same request with a larger
// buffer gets the same response; no second request is sent.
const Record = 8 // bytes before the key

// The types of a [Record].
const (
	RecordText = 0
	RecordInt  = 1
	RecordJSON = 2
)

func letter(c rune) string {
	if c == 'I' {
		return "i64"
	}
	return "i32"
}

// Imports returns the host functions that a guest may import.
//
// Readers (get, get_all, keys, config_get, secret_get, kv_get, http_fetch) take a buffer
// and its size and return the length of the whole value. A value larger than the buffer
// is not written; the guest calls again with a larger one. A negative length is a
// [Result].
func Imports() []Import {
	return []Import{
		{"get", "iiii", "i"},        // key, buffer -> length: integers in decimal, other types as JSON text
		{"get_i64", "iii", "I"},     // key, address of the Result -> integer
		{"set", "iiii", "i"},        // key, text -> Result: the key's type says how it is parsed
		{"set_i64", "iiI", "i"},     // key, integer -> Result
		{"set_json", "iiii", "i"},   // key, JSON text -> Result
		{"del", "ii", "i"},          // key -> Result
		{"keys", "iiii", "i"},       // prefix, buffer -> length: each key followed by a zero byte
		{"get_all", "iiii", "i"},    // prefix, buffer -> length: each field that may be read as a [Record]
		{"deny", "iii", ""},         // Refusal, text shown to the client
		{"fail", "ii", ""},          // text for the log: why the status is negative
		{"log", "iii", ""},          // Level, text
		{"log_enabled", "i", "i"},   // Level -> 0 or 1
		{"config_get", "iiii", "i"}, // key, buffer -> length
		{"secret_get", "iiii", "i"}, // name, buffer -> length; needs the grant secrets
		{"kv_get", "iiii", "i"},     // key, buffer -> length; needs the grant kv, like the next two
		{"kv_put", "iiiii", "i"},    // key, value, seconds to live -> Result
		{"kv_incr", "iiIii", "I"},   // key, amount, seconds to live if it is new, address of the Result -> sum
		{"http_fetch", "iiii", "i"}, // request, buffer -> length of the response; needs the grant http
		{"random", "ii", "i"},       // buffer -> Result
		{"metric_add", "iiI", ""},   // name, amount
		{"now_ms", "", "I"},         // milliseconds since 1970
	}
}
