package gateway

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestNameless: a name is found wherever a body is split, and nothing else is.
func TestNameless(t *testing.T) {
	encoded, parts := formsOf([]string{encodedType}), formsOf([]string{partsType})
	for _, tc := range []struct {
		text  string
		forms []form
		named bool
	}{
		{"_method=DELETE", encoded, true}, {"a=b&_method=x", encoded, true}, {"a=b&%5Fmethod=x", encoded, true},
		{"x_method=a", encoded, false}, {"a=_method", encoded, false}, {"method=a", encoded, false}, {"", encoded, false},
		{"--b\r\nContent-Disposition: form-data; name=\"_method\"\r\n\r\nDELETE", parts, true},
		{"--b\r\nContent-Disposition: form-data; name=\"x_method\"\r\n\r\n_method", parts, false},
	} {
		for _, before := range []int{0, 1, 7, overlap - 8, overlap - 3, overlap - 1, overlap, overlap + 1, 3 * overlap} {
			text := strings.Repeat("z", before) + "\n" + tc.text
			if len(tc.forms) == 1 && tc.forms[0].kind == "urlencoded" {
				text = strings.Repeat("z", before) + "&" + tc.text
			}
			for name, body := range map[string]io.Reader{
				"whole": strings.NewReader(text), "by bytes": iotest.OneByteReader(strings.NewReader(text)), "by halves": iotest.HalfReader(strings.NewReader(text)),
			} {
				got, err := io.ReadAll(&nameless{ReadCloser: io.NopCloser(body), forms: tc.forms})
				if (err != nil) != tc.named || err == nil && string(got) != text {
					t.Errorf("%.60q after %d, %s: %v, %d of %d bytes; want named %v", tc.text, before, name, err, len(got), len(text), tc.named)
				}
			}
		}
	}
}
