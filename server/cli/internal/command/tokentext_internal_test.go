package command

import "testing"

// TestBareToken: a token is found in what is copied from a header, a log or a shell.
func TestBareToken(t *testing.T) {
	for _, text := range []string{"a.b.c", "'a.b.c'", `"a.b.c"`, "Bearer a.b.c", "bearer  a.b.c", "Authorization: Bearer a.b.c", `"Bearer a.b.c"`, "Bearer 'a.b.c'\n"} {
		if got := bareToken(text); got != "a.b.c" {
			t.Errorf("bareToken(%q) = %q, want \"a.b.c\"", text, got)
		}
	}
	for text, want := range map[string]string{
		"X-API-Key: cdk_a_b": "cdk_a_b", "x-api-key:cdk_a_b": "cdk_a_b", `"X-API-Key": "cdk_a_b",`: "cdk_a_b", `'X-JWT: Bearer a.b.c'`: "a.b.c", "token=a.b.c": "a.b.c",
		"1.cdr_a_b": "cdr_a_b", "refresh_token=12.cdr_a_b;": "cdr_a_b", "1.2.3": "1.2.3", "cdr_a_b": "cdr_a_b", "20GDx": "20GDx",
	} {
		if got := bareToken(text); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	if got := bareToken(`"" `); got != "" {
		t.Errorf("nothing: got %q, want \"\"", got)
	}
}
