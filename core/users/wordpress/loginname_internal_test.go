package wordpress

import "testing"

func TestSanitizeLogin(t *testing.T) {
	for typed, want := range map[string]string{
		"anna": "anna", " anna ": "anna", "Anna  Maria": "Anna Maria", "anna\t\r\n maria": "anna maria",
		"ren\u0065\u0301": "ren\u00e9", "an\u200bna": "anna", "\ufeffanna": "anna", "a\u00adn\u2060na": "anna",
		"an%41na": "anna", "50%": "50%", "a%zz": "a%zz", "a%4": "a%4",
		"an&amp;na": "anna", "a&b": "a&b", "a&;b": "a&;b", "a & b; c": "a c",
		"<b>anna</b>": "anna", "a < b > c": "a < b > c", "a<b": "a<b",
		"\u00a0anna": "\u00a0anna", "anna\xff": "anna\xff", "anna@example.test": "anna@example.test", "": "",
	} {
		if got := sanitizeLogin(typed); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
		if again := sanitizeLogin(want); again != want {
			t.Errorf("%q is changed again, to %q", want, again)
		}
	}
}
