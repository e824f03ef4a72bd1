package manage_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/manage"
)

// TestClient_unanswered: a change without a response is sent once, and its error says
// that the outcome is unknown; for a request that only reads it does not.
func TestClient_unanswered(t *testing.T) {
	var asked atomic.Int32
	hang := make(chan struct{})
	defer close(hang)
	for name, handle := range map[string]http.HandlerFunc{
		"dies": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"dies in its answer": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			io.WriteString(w, `{"subject":`)
			panic(http.ErrAbortHandler)
		},
		"answers in part":      func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"subject":`) },
		"answers with nothing": func(http.ResponseWriter, *http.Request) {},
		"hangs":                func(_ http.ResponseWriter, r *http.Request) { <-hang },
	} {
		asked.Store(0)
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			io.Copy(io.Discard, r.Body)
			handle(w, r)
		}))
		c := manage.NewClient(through{s.Listener.Addr().String()}, "cli:olga", 300*time.Millisecond)
		if _, err := c.AddUser(t.Context(), manage.NewUser{Login: "x"}); !errors.Is(err, manage.ErrUnknownOutcome) || asked.Load() != 1 {
			t.Errorf("%s: %v after %d requests; want an unknown outcome after one", name, err, asked.Load())
		}
		if err := c.Users(t.Context(), func(manage.User) error { return nil }); err == nil || errors.Is(err, manage.ErrUnknownOutcome) {
			t.Errorf("%s: reading returns %v; want an error that mentions no change", name, err)
		}
		s.CloseClientConnections()
	}
	old := httptest.NewServer(http.NotFoundHandler())
	defer old.Close()
	c := manage.NewClient(through{old.Listener.Addr().String()}, "cli:olga", 0)
	if _, err := c.DeleteUser(t.Context(), "x"); !errors.Is(err, manage.ErrOtherVersion) {
		t.Errorf("a server of another version: DeleteUser(\"x\") = %v, want error %q", err, manage.ErrOtherVersion)
	}
	old.Close()
	if _, err := c.DeleteUser(t.Context(), "x"); err == nil || errors.Is(err, manage.ErrUnknownOutcome) || !strings.Contains(err.Error(), "nothing was changed") {
		t.Errorf("without a server: %v; want that nothing was changed", err)
	}
}

// through sends every request to one address.
type through struct{ addr string }

func (t through) RoundTrip(r *http.Request) (*http.Response, error) {
	r.URL.Host = t.addr
	transport := &http.Transport{DisableKeepAlives: true}
	return transport.RoundTrip(r)
}

// Names with characters that have a meaning in paths reach the handler unchanged.
func TestClient_names(t *testing.T) {
	o := open(t)
	for _, login := range []string{"..", ".", "a/b", "a//b", "a?b=c", "a%2Fb", "ä ö", "a#b", "{login}"} {
		if _, err := o.AddUser(t.Context(), manage.NewUser{Login: login}); err != nil {
			t.Errorf("%q: AddUser: %v", login, err)
			continue
		}
		if u, err := o.SetDisabled(t.Context(), login, true); err != nil || u.Login != login || !u.Disabled {
			t.Errorf("SetDisabled(%q) = %+v, %v; want that user disabled", login, u, err)
		}
	}
	if _, err := o.DeleteUser(t.Context(), ""); api.CodeOf(err) != api.NotFound {
		t.Errorf("the empty login: DeleteUser(\"\") = %v, want code %s", err, api.NotFound)
	}
}
