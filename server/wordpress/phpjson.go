package wordpress

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// phpJSON encodes v as PHP's json_encode does by default: slashes and non-ASCII
// characters are escaped, HTML characters are not.
func phpJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	text := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	out := make([]byte, 0, len(text)+len(text)/8)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		out = appendRune(out, r)
		i += size
	}
	return out, nil
}

// appendRune appends one character, escaped if necessary. Slashes and non-ASCII
// characters occur only in strings, so the structure is not affected.
func appendRune(b []byte, r rune) []byte {
	switch {
	case r == '/':
		return append(b, '\\', '/')
	case r < utf8.RuneSelf:
		return append(b, byte(r))
	case r > 0xffff:
		high, low := utf16.EncodeRune(r)
		return fmt.Appendf(b, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(b, `\u%04x`, r)
}
