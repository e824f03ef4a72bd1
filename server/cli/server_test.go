package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/logtest"
)

// patience limits waits that normally end much sooner, since machines are slow and
// shared.
const patience = time.Minute

// running is a server in a separate process.
type running struct {
	facts
	t    *testing.T
	dir  string
	cmd  *exec.Cmd
	log  *logtest.Buffer
	done chan error
}

// startDev runs "cardea dev --json" in dir on free ports. It returns when it has printed
// its facts.
func startDev(t *testing.T, dir string, args ...string) *running {
	t.Helper()
	args = append([]string{"dev", "--json", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"}, args...)
	s := &running{t: t, dir: dir, log: &logtest.Buffer{}, done: make(chan error, 1)}
	s.cmd = exec.Command("cardea", args...)
	s.cmd.Dir, s.cmd.Stderr = dir, s.log
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(stdout).ReadString('\n')
		lines <- line
		io.Copy(io.Discard, stdout)
		s.done <- s.cmd.Wait()
	}()
	t.Cleanup(s.kill)
	select {
	case line := <-lines:
		if err := json.Unmarshal([]byte(line), &s.facts); err != nil {
			t.Fatalf("the first line is %q (%v); want the facts as JSON\n%s", line, err, s.log)
		}
	case <-time.After(patience):
		t.Fatalf("no facts after %s\n%s", patience, s.log)
	}
	return s
}

// kill ends the process as a crash would. It can be called more than once.
func (s *running) kill() {
	s.cmd.Process.Kill()
	s.wait()
}

func (s *running) wait() error {
	select {
	case err := <-s.done:
		s.done <- err
		return err
	case <-time.After(patience):
		s.t.Fatalf("the server still runs after %s\n%s", patience, s.log)
		return nil
	}
}

// stop ends the process as an operator would.
func (s *running) stop() error {
	s.cmd.Process.Signal(syscall.SIGTERM)
	return s.wait()
}

// cardea runs a command while the server is running.
func (s *running) cardea(args ...string) string {
	s.t.Helper()
	return cardea(s.t, s.dir, args...)
}

func cardea(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("cardea", args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("cardea %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return string(out)
}

// answer is a response.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// upstream decodes the request that the demo upstream echoed.
func (a answer) upstream(t *testing.T) http.Header {
	t.Helper()
	var seen struct{ Headers http.Header }
	if err := json.Unmarshal(a.body, &seen); err != nil {
		t.Fatalf("the upstream's answer is %s: %v", a.body, err)
	}
	return seen.Headers
}

// get sends a request with header fields given as "Name: value".
func (s *running) get(path string, headers ...string) answer {
	s.t.Helper()
	a, err := s.try(path, headers...)
	if err != nil {
		s.t.Fatalf("GET %s: %v\n%s", path, err, s.log)
	}
	return a
}

func (s *running) try(path string, headers ...string) (answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", "http://"+s.Listen+path, nil)
	if err != nil {
		return answer{}, err
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	return send(r)
}

func send(r *http.Request) (answer, error) {
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, body}, err
}

// login exchanges a password for a token at the plugin's endpoint.
func (s *running) login(user, password string) string {
	s.t.Helper()
	token, err := exchange(s, user, password)
	if err != nil {
		s.t.Fatalf("login of %s: %v", user, err)
	}
	return token
}

func exchange(s *running, user, password string) (string, error) {
	form := url.Values{"username": {user}, "password": {password}}
	res, err := http.PostForm("http://"+s.Listen+"/wp-json/jwt-auth/v1/token", form)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var reply struct{ Token string }
	if err := json.NewDecoder(res.Body).Decode(&reply); err != nil || reply.Token == "" {
		return "", fmt.Errorf("status %d, no token: %w", res.StatusCode, err)
	}
	return reply.Token, nil
}

// until polls until the response has the status. The product guarantees a second, but the
// machine may need longer.
func (s *running) until(status int, path string, headers ...string) time.Duration {
	s.t.Helper()
	begin := time.Now()
	for {
		a := s.get(path, headers...)
		if a.status == status {
			return time.Since(begin)
		}
		if time.Since(begin) > patience {
			s.t.Fatalf("GET %s is still %d after %s, want %d", path, a.status, patience, status)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func basic(user, password string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func bearer(token string) string { return "Authorization: Bearer " + token }

// part decodes the header (0) or the claims (1) of a token.
func part(t *testing.T, token string, n int) map[string]any {
	t.Helper()
	segments := strings.Split(token, ".")
	if len(segments) != 3 {
		t.Fatalf("token %q has %d parts", token, len(segments))
	}
	data, err := base64.RawURLEncoding.DecodeString(segments[n])
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
