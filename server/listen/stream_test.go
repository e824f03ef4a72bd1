package listen

import (
	"io"
	"net/http"
	"testing"
	"time"
)

// TestStream_stalled: a stream for which the client grants no window is reset, so that no
// handler blocks; other streams of the connection continue, and so does one that is read
// slowly or idle for long.
func TestStream_stalled(t *testing.T) {
	const stall = 300 * time.Millisecond
	ended := make(chan error, 1)
	addr, client := servingStalled(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/big":
			_, err := w.Write(make([]byte, 16<<20)) // more than a client buffers
			ended <- err
		case "/quiet":
			io.WriteString(w, "a")
			http.NewResponseController(w).Flush()
			time.Sleep(3 * stall)
			io.WriteString(w, "b")
		}
	}), stall)
	held, err := client.Get("https://" + addr + "/big")
	if err != nil {
		t.Fatal(err)
	}
	defer held.Body.Close()
	if held.ProtoMajor != 2 {
		t.Fatalf("got %s, want HTTP/2", held.Proto)
	}
	quiet, err := client.Get("https://" + addr + "/quiet")
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(quiet.Body); err != nil || string(body) != "ab" {
		t.Errorf("a stream that had nothing to say for long: %q, %v", body, err)
	}
	select {
	case err := <-ended:
		if err == nil {
			t.Error("16 MB were taken by a client that reads nothing")
		}
	case <-time.After(time.Minute):
		t.Error("the handler is held by a client that reads nothing")
	}
}
