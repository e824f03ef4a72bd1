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
		"Set-Cookie: refresh_token=1.cdr_a_b; Path=/use; HttpOnly": "cdr_a_b", "refresh_token=1.cdr_a_b; Path=/use": "cdr_a_b", "Cookie: lang=de; refresh_token=cdr_a_b; x=y": "cdr_a_b",
		"set-cookie: jwt=eyJa.b.c; Secure": "eyJa.b.c", "JWT eyJa.b.c": "eyJa.b.c", "Authorization: jwt eyJa.b.c": "eyJa.b.c", "ApiKey cdk_a_b": "cdk_a_b", "Token  cdk_a_b": "cdk_a_b",
		"YWRtaW46eA==": "YWRtaW46eA==", "YWRt=": "YWRt=", "Authorization: Basic YWRt=": "Basic YWRt=", "=": "=",
		"eyJa.b\nc.d e": "eyJa.bc.de", "cdk_a\r\n  b_c": "cdk_ab_c", "cdr_a_ b": "cdr_a_b", "bob eyre": "bob eyre", "a b": "a b", "a;b": "a", "o'neil": "o'neil",
	} {
		if got := bareToken(text); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	if got := bareToken(`"" `); got != "" {
		t.Errorf("nothing: got %q, want \"\"", got)
	}
}
