package wordpress

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"strings"

	"github.com/cardea-auth/cardea/server/wordpress/internal/php"
)

// maxPairs is how many fields PHP reads from a form.
const maxPairs = 1000

func parseForm(contentType string, body []byte) map[string]any {
	media, options, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil
	}
	switch media {
	case "application/x-www-form-urlencoded":
		return parsePairs(string(body))
	case "multipart/form-data":
		return parseMultipart(body, options["boundary"])
	}
	return nil
}

// parsePairs parses name=value&name=value. As in PHP, the last value of a name wins,
// invalid escapes are kept, and name[...] is a list, not a string.
func parsePairs(text string) map[string]any {
	fields := map[string]any{}
	for n := 0; text != "" && n < maxPairs; n++ {
		var pair string
		pair, text, _ = strings.Cut(text, "&")
		name, value, _ := strings.Cut(pair, "=")
		setField(fields, php.Decode(name), php.Decode(value))
	}
	return fields
}

func setField(fields map[string]any, name, value string) {
	if name, _, list := strings.Cut(name, "["); list {
		given, _ := fields[name].([]any)
		fields[name] = append(given, value)
		return
	}
	fields[name] = value
}

// parseMultipart parses the fields of a multipart form. Files are skipped, and parsing
// stops at the first error.
func parseMultipart(body []byte, boundary string) map[string]any {
	fields := map[string]any{}
	form := multipart.NewReader(bytes.NewReader(body), boundary)
	for range maxPairs {
		part, err := form.NextPart()
		if err != nil {
			break
		}
		value, err := io.ReadAll(part)
		if err != nil {
			break
		}
		if part.FormName() != "" && part.FileName() == "" {
			setField(fields, part.FormName(), string(value))
		}
	}
	return fields
}
