package command

import "testing"

// TestBareToken: a token is found in what is copied from a header, a log or a shell.
func TestBareToken(t *testing.T) {
	for _, text := range []string{"a.b.c", "'a.b.c'", `"a.b.c"`, "Bearer a.b.c", "bearer  a.b.c", "Authorization: Bearer a.b.c", `"Bearer a.b.c"`, "Bearer 'a.b.c'\n"} {
		if got := bareToken(text); got != "a.b.c" {
			t.Errorf("bareToken(%q) = %q, want \"a.b.c\"", text, got)
		}
	}
	if got := bareToken(`"" `); got != "" {
		t.Errorf("nothing: got %q, want \"\"", got)
	}
}
