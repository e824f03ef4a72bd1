package abi

// Import is a host function: its name in module [Module], its parameters and
// its result, in letters: i for i32, I for i64, "" for no result. A pointer with
// a length is "ii".
type Import struct{ Name, Params, Result string }

// Signature returns the signature as messages show it: (i32, i64) -> i32.
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

func letter(c rune) string {
	if c == 'I' {
		return "i64"
	}
	return "i32"
}

// Imports returns the host functions that a guest may import.
//
// Readers (get, keys, config_get) take a buffer and its size and return the
// length of the whole value; one that is larger than the buffer was not
// written, and the guest asks again. Below zero it is a [Result].
func Imports() []Import {
	return []Import{
		{"get", "iiii", "i"},        // key, buffer -> length: integers in decimal, others as JSON text
		{"get_i64", "iii", "I"},     // key, where to write the Result -> integer
		{"set", "iiii", "i"},        // key, text -> Result: the key's type says how it is read
		{"set_i64", "iiI", "i"},     // key, integer -> Result
		{"set_json", "iiii", "i"},   // key, JSON text -> Result
		{"del", "ii", "i"},          // key -> Result
		{"keys", "iiii", "i"},       // prefix, buffer -> length: each key followed by a zero byte
		{"deny", "iii", ""},         // Refusal, text that the client may see
		{"fail", "ii", ""},          // text for the log: why the status is below zero
		{"log", "iii", ""},          // Level, text
		{"log_enabled", "i", "i"},   // Level -> 0 or 1
		{"config_get", "iiii", "i"}, // key, buffer -> length
		{"now_ms", "", "I"},         // milliseconds since 1970
	}
}
