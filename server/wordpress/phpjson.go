package wordpress

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// phpJSON writes v as PHP's json_encode does by default: slashes escaped, and
// everything beyond ASCII as \u sequences, but no HTML characters.
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

// appendRune escapes one character. Slashes and what is not ASCII occur in
// strings only, so that no other part of the text is touched.
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
