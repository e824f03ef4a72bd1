package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
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

// TestSession logs in, refreshes and logs out, as a client of the program does.
func TestSession(t *testing.T) {
	handler, closeEngine, err := newHandler(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer closeEngine()
	call := func(method, path, token, body string) (int, map[string]any) {
		r, w := httptest.NewRequest(method, path, strings.NewReader(body)), httptest.NewRecorder()
		r.Header.Set("Content-Type", "application/json")
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		handler.ServeHTTP(w, r)
		var answer map[string]any
		json.Unmarshal(w.Body.Bytes(), &answer) // of /hello it is text
		return w.Code, answer
	}
	text := func(m map[string]any, name string) string { s, _ := m[name].(string); return s }
	status, first := call("POST", "/auth/login", "", `{"username": "anna", "password": "correct-horse"}`)
	if status != 200 {
		t.Fatalf("login: %d %v", status, first)
	}
	status, second := call("POST", "/auth/refresh", "", `{"refresh_token": "`+text(first, "refresh_token")+`"}`)
	if status != 200 || text(second, "access_token") == "" {
		t.Fatalf("refresh: %d %v", status, second)
	}
	access := text(second, "access_token")
	if status, _ := call("GET", "/hello", access, ""); status != 200 {
		t.Errorf("with the token: %d", status)
	}
	if status, _ := call("GET", "/admin/x", access, ""); status != 403 {
		t.Errorf("without the role: %d, want 403", status)
	}
	if status, answer := call("POST", "/auth/logout", access, ""); status != 204 {
		t.Errorf("logout: %d %v", status, answer)
	}
	if status, _ := call("GET", "/hello", access, ""); status != 401 {
		t.Errorf("after logout: %d, want 401", status)
	}
}
