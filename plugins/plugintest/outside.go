package plugintest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/plugins"
)

var (
	_ plugins.KV        = (*world)(nil)
	_ http.RoundTripper = (*world)(nil)
)

// keep returns a store with these entries of the plugin.
func keep(entries map[string]string, now time.Time) *plugins.MemoryKV {
	kv := &plugins.MemoryKV{}
	room := api.PluginQuota{Entries: len(entries), Bytes: maxFile}
	for key, text := range entries {
		e := api.PluginEntry{Plugin: name, Key: key, Value: []byte(text), Expires: now.Add(time.Hour)}
		_ = kv.PluginPut(context.Background(), e, now, room) // the quota is large enough
	}
	return kv
}

// PluginGet implements plugins.KV.
func (w *world) PluginGet(ctx context.Context, plugin, key string, now time.Time) ([]byte, error) {
	return w.kv.PluginGet(ctx, plugin, key, now)
}

// PluginPut implements plugins.KV.
func (w *world) PluginPut(ctx context.Context, e api.PluginEntry, now time.Time, q api.PluginQuota) error {
	return w.kv.PluginPut(ctx, e, now, q)
}

// PluginIncr implements plugins.KV.
func (w *world) PluginIncr(ctx context.Context, e api.PluginEntry, by int64, now time.Time, q api.PluginQuota) (int64, error) {
	return w.kv.PluginIncr(ctx, e, by, now, q)
}

// noteKV reads the keys that the vector expects.
func (w *world) noteKV(ctx context.Context, res *Result) {
	for key := range res.Vector.Want.KV {
		if res.KV == nil {
			res.KV = map[string]*string{}
		}
		res.KV[key] = nil
		if value, err := w.kv.PluginGet(ctx, name, key, w.now()); err == nil {
			text := string(value)
			res.KV[key] = &text
		}
	}
}

func (w *world) onMetric(_, name string, amount int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.metrics == nil {
		w.metrics = map[string]int64{}
	}
	w.metrics[name] += amount
}

var errNobody = errors.New("nobody answers")

// RoundTrip implements http.RoundTripper; it sends nothing.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := requestBody(r)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	line := r.Method + " " + r.URL.String()
	w.requests = append(w.requests, line)
	i := slices.IndexFunc(w.exchanges, func(x Exchange) bool { return x.matches(line, r.Header, body) })
	if i < 0 {
		w.unanswered = append(w.unanswered, line)
		return nil, errNobody
	}
	x := w.exchanges[i]
	w.exchanges = slices.Delete(w.exchanges, i, i+1)
	if x.Fails {
		return nil, errNobody
	}
	return x.response(r), nil
}

func requestBody(r *http.Request) (string, error) {
	if r.Body == nil {
		return "", nil
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	return string(text), err
}

func (x Exchange) matches(line string, header http.Header, body string) bool {
	for name, want := range x.Headers {
		if header.Get(name) != want {
			return false
		}
	}
	return x.Request == line && (x.Body == nil || *x.Body == body)
}

func (x Exchange) response(r *http.Request) *http.Response {
	status := x.Status
	if status == 0 {
		status = http.StatusOK
	}
	header := http.Header{}
	for name, value := range x.Answer {
		header.Set(name, value)
	}
	return &http.Response{
		StatusCode: status, Header: header, Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(strings.NewReader(x.Response)), ContentLength: int64(len(x.Response)),
	}
}
