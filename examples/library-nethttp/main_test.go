package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestHandler(t *testing.T) {
	handler, closeEngine, err := newHandler(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer closeEngine()
	server := httptest.NewServer(handler)
	defer server.Close()
	for _, c := range []struct {
		path, user, password string
		status               int
		body                 string
	}{
		{"/health", "", "", 200, "hello, whoever you are\n"},
		{"/hello", "", "", 401, ""},
		{"/hello", "anna", "wrong-horse", 401, ""},
		{"/hello", "anna", "correct-horse", 200, "hello anna, you came by basic\n"},
		{"/admin/x", "anna", "correct-horse", 403, ""},
		{"/hello%2fx", "anna", "correct-horse", 400, ""},
	} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X_Auth_User", "root")
		if c.user != "" {
			r.SetBasicAuth(c.user, c.password)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != c.status || c.body != "" && string(body) != c.body {
			t.Errorf("%s as %q: got %d %q, want %d %q", c.path, c.user, resp.StatusCode, body, c.status, c.body)
		}
	}
}
