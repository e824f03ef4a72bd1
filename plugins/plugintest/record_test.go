package plugintest_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/manifest"
	"github.com/cardea-auth/cardea/plugins/plugintest"
)

// TestRecorder_replay: calls recorded at the engine's points become vectors that pass, each
// with exactly what the guest read.
func TestRecorder_replay(t *testing.T) {
	var record bytes.Buffer
	ctx := context.Background()
	grants, config := manifest.Grants{Write: []string{"lifetime", "claim.plan"}}, map[string]string{"claim": "plan", "value": "gold"}
	r := plugintest.NewRecorder(&record, grants, config, func() time.Time { return time.Unix(1700000000, 0) })
	host, err := plugins.Open(ctx, plugins.Config{OnCall: r.OnCall, InProcess: true})
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close(ctx)
	m := module()
	p, err := host.Load(ctx, plugins.Spec{Module: m.Wasm, Manifest: m.Manifest, SHA256: digest(m.Wasm), Grants: grants, Config: config})
	if err != nil {
		t.Fatal(err)
	}
	points := core.NewHooks()
	for _, name := range p.Points() {
		point, _ := points.Point(name)
		if err := p.Bind(r.Point(point), plugins.Binding{OnError: plugins.Deny}); err != nil {
			t.Fatal(err)
		}
	}
	who := api.Identity{Subject: "7", Login: "ada", Email: "ada@example.com"}
	for _, life := range []time.Duration{time.Hour, 24 * time.Hour} {
		if _, err := points.AuthExpire.Apply(ctx, core.Lifetime{Lifetime: life, Identity: who}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := points.TokenClaims.Apply(ctx, core.TokenClaims{Identity: who}); err != nil {
		t.Fatal(err)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(record.String(), "ada") {
		t.Errorf("the record contains values that the guest did not read:\n%s", record.String())
	}
	checkReplay(t, record.String())
}

func checkReplay(t *testing.T, record string) {
	t.Helper()
	vectors, err := plugintest.ReadRecord(strings.NewReader(record))
	if err != nil {
		t.Fatal(err)
	}
	var statuses []string
	runner, err := plugintest.Open(context.Background(), module(), plugins.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer runner.Close(context.Background())
	for _, v := range vectors {
		res, err := runner.Run(context.Background(), v)
		if err != nil || !res.OK() {
			t.Errorf("%s does not pass: %v %q", v.Name, err, res.Problems)
		}
		statuses = append(statuses, res.Status)
	}
	if got, want := strings.Join(statuses, " "), "not_applicable continue continue"; got != want {
		t.Errorf("statuses %q, want %q", got, want)
	}
}

func TestReadRecord_mistakes(t *testing.T) {
	for text, want := range map[string]string{"": "no call", "{": "line 1: the JSON ends before", "{}\n": "line 1", "{\"name\":\"x\",\"point\":\"auth-expire\",\"want\":{}}\nx\n": "line 2"} {
		if _, err := plugintest.ReadRecord(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q in it", text, err, want)
		}
	}
}

func TestBench(t *testing.T) {
	file, err := plugintest.Read(vectors)
	if err != nil {
		t.Fatal(err)
	}
	r, err := plugintest.Open(context.Background(), module(), plugins.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(context.Background())
	cost, err := r.Bench(context.Background(), file.Vectors[0], time.Millisecond)
	if err != nil || cost.Calls == 0 || cost.PerCall <= 0 || cost.Fuel == 0 || cost.HostCalls != 2 || cost.Load <= 0 {
		t.Errorf("got %+v, %v; want time and fuel of calls with two host calls", cost, err)
	}
}

func TestDiff(t *testing.T) {
	const long = `{"name":"x","point":"auth-expire","event":{"lifetime":9000},"want":{"journal":{"lifetime":7200}}}`
	a, b := run(t, module(), long), run(t, module(), strings.Replace(long, "9000", "90", 1))
	if got := a.Diff(a); len(got) != 0 {
		t.Errorf("a result differs from itself: %q", got)
	}
	got := strings.Join(b.Diff(a), "\n")
	for _, want := range []string{"status: continue -> not_applicable", "changes: lifetime=7200 -> nothing"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}
