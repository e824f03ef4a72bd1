package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestHandler tries what the program's comment suggests.
func TestHandler(t *testing.T) {
	h, closeEngine, err := newHandler(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer closeEngine()
	s := httptest.NewServer(h)
	defer s.Close()

	if status, _ := call(t, "GET", s.URL+"/hello", "", nil); status != http.StatusUnauthorized {
		t.Errorf("without credentials: %d, want 401", status)
	}
	byPassword := func(r *http.Request) { r.SetBasicAuth("anna", "correct-horse") }
	if status, text := call(t, "GET", s.URL+"/hello", "", byPassword); status != http.StatusOK || !strings.Contains(text, "hello anna, you came by basic") {
		t.Errorf("by password: got %d %s, want status %d and text with %q", status, text, http.StatusOK, "hello anna, you came by basic")
	}
	if status, _ := call(t, "GET", s.URL+"/admin/x", "", byPassword); status != http.StatusForbidden {
		t.Errorf("without the role: %d, want 403", status)
	}
	if status, text := call(t, "GET", s.URL+"/health", "", nil); status != http.StatusOK || !strings.Contains(text, "whoever you are") {
		t.Errorf("a public rule: got %d %s, want status %d and text with %q", status, text, http.StatusOK, "whoever you are")
	}

	status, text := call(t, "POST", s.URL+"/auth/login", `{"username": "anna", "password": "correct-horse"}`, nil)
	var pair struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(text), &pair); err != nil || status != http.StatusOK {
		t.Fatalf("login: got %d %s, want status %d", status, text, http.StatusOK)
	}
	byToken := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+pair.AccessToken) }
	if status, text := call(t, "GET", s.URL+"/hello", "", byToken); status != http.StatusOK || !strings.Contains(text, "hello anna, you came by jwt") {
		t.Errorf("by token: got %d %s, want status %d and text with %q", status, text, http.StatusOK, "hello anna, you came by jwt")
	}
}

func call(t *testing.T, method, url, body string, change func(*http.Request)) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if change != nil {
		change(r)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}
