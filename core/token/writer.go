package token

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
)

// writer encodes JSON in the given order, without white space.
type writer struct {
	escapeSlashes bool
	depth         int
}

// signingInput returns BASE64URL(head) "." BASE64URL(claims).
func (w *writer) signingInput(head, claims api.Claims) (string, error) {
	h, err := w.object(make([]byte, 0, 128), head)
	if err != nil {
		return "", fmt.Errorf("header: %w", err)
	}
	c, err := w.object(make([]byte, 0, 512), claims)
	if err != nil {
		return "", fmt.Errorf("claims: %w", err)
	}
	enc := base64.RawURLEncoding
	text := make([]byte, 0, enc.EncodedLen(len(h))+1+enc.EncodedLen(len(c)))
	text = enc.AppendEncode(text, h)
	text = append(text, '.')
	return string(enc.AppendEncode(text, c)), nil
}

func (w *writer) object(b []byte, members api.Claims) ([]byte, error) {
	if w.depth++; w.depth > maxDepth || members.Len() > maxMembers {
		return nil, fmt.Errorf("more than %d levels or %d members", maxDepth, maxMembers)
	}
	b = append(b, '{')
	first := true
	for name, value := range members.All {
		if !first {
			b = append(b, ',')
		}
		first = false
		var err error
		if b, err = w.member(b, name, value); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	w.depth--
	return append(b, '}'), nil
}

func (w *writer) member(b []byte, name string, value any) ([]byte, error) {
	b, err := w.string(b, name)
	if err != nil {
		return nil, err
	}
	return w.value(append(b, ':'), value)
}

func (w *writer) value(b []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return w.string(b, v)
	case bool:
		return strconv.AppendBool(b, v), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case api.Claims:
		return w.object(b, v)
	case []any:
		return writeArray(w, b, v)
	case []string:
		return writeArray(w, b, v)
	case float64, json.Number:
		text, err := json.Marshal(v)
		return append(b, text...), err
	}
	return nil, fmt.Errorf("a %T is not a claim value", value)
}

func writeArray[T any](w *writer, b []byte, list []T) ([]byte, error) {
	if w.depth++; w.depth > maxDepth {
		return nil, fmt.Errorf("more than %d levels", maxDepth)
	}
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = w.value(b, v); err != nil {
			return nil, err
		}
	}
	w.depth--
	return append(b, ']'), nil
}

func (w *writer) string(b []byte, text string) ([]byte, error) {
	if !utf8.ValidString(text) {
		return nil, errors.New("text is not UTF-8")
	}
	b = append(b, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\' || c == '/' && w.escapeSlashes:
			b = append(b, '\\', c)
		case c < ' ':
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"'), nil
}
