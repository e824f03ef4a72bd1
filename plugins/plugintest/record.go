package plugintest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/ijson"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// Recorder writes live calls as vectors, one JSON object per line: what the guest read
// from the event, and its result. Pass its OnCall to the host and bind plugins to the
// result of its Point:
//
//	r := plugintest.NewRecorder(file, grants, config, time.Now)
//	host, err := plugins.Open(ctx, plugins.Config{OnCall: r.OnCall})
//	err = plugin.Bind(r.Point(point), plugins.Binding{})
//
// A record contains real users' data that the guest read: protect it like a log. Safe for
// concurrent use.
type Recorder struct {
	mu    sync.Mutex
	w     io.Writer
	setup Setup
	now   func() time.Time
	count int
	err   error
}

// NewRecorder returns a recorder for one plugin that is loaded with these grants and this
// configuration.
func NewRecorder(w io.Writer, grants manifest.Grants, config map[string]string, now func() time.Time) *Recorder {
	s := Setup{Grants: &grants}
	for key, text := range config {
		if s.Config == nil {
			s.Config = map[string]json.RawMessage{}
		}
		s.Config[key] = raw(hooks.String(text))
	}
	return &Recorder{w: w, setup: s, now: now}
}

// Point returns p with a view that records reads.
func (r *Recorder) Point(p hooks.Point) hooks.Point { return recordedPoint{p, r} }

// OnCall is the callback for plugins.Config.
func (r *Recorder) OnCall(ctx context.Context, c plugins.Call) {
	seen, ok := ctx.Value(seenKey{}).(*seen)
	if !ok {
		return
	}
	res := Result{}
	res.takeCall(c)
	var fault *plugins.Fault
	if errors.As(c.Err, &fault) {
		res = Result{Status: Fault, Fault: fault.Class}
	}
	r.write(Vector{Point: c.Point, Event: seen.fields, Setup: r.at(seen.start), Want: Want{
		Status: res.Status, Journal: res.Journal, Refusal: res.Refusal, Fault: res.Fault, MaxFuel: 2 * c.Fuel,
	}})
}

// Err returns the first write error.
func (r *Recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

func (r *Recorder) at(clock time.Time) Setup {
	s := r.setup
	s.Clock = &clock
	return s
}

func (r *Recorder) write(v Vector) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count++
	v.Name = fmt.Sprintf("call %d", r.count)
	line, err := json.Marshal(v)
	if err == nil {
		_, err = r.w.Write(append(line, '\n'))
	}
	if r.err == nil {
		r.err = err
	}
}

// recordedPoint is a point whose handlers are recorded.
type recordedPoint struct {
	hooks.Point
	recorder *Recorder
}

// seen holds what one call has read so far.
type seen struct {
	start  time.Time
	fields Fields
}

type seenKey struct{}

// BindView implements hooks.Point.
func (p recordedPoint) BindView(id string, fn func(context.Context, hooks.View) error, opts ...hooks.Option) error {
	return p.Point.BindView(id, func(ctx context.Context, view hooks.View) error {
		s := &seen{start: p.recorder.now().UTC().Truncate(time.Millisecond), fields: Fields{}}
		return fn(context.WithValue(ctx, seenKey{}, s), recordedView{view, s})
	}, opts...)
}

// recordedView records values before they are changed.
type recordedView struct {
	hooks.View
	seen *seen
}

// Get implements hooks.View.
func (v recordedView) Get(key string) (hooks.Value, bool) {
	value, ok := v.View.Get(key)
	if ok {
		v.seen.fields[key] = raw(value)
	}
	return value, ok
}

// Save implements hooks.Saver.
func (v recordedView) Save() func() { return hooks.Save(v.View) }

// Widens implements hooks.Widener.
func (v recordedView) Widens(ctx context.Context, key string, value hooks.Value) bool {
	return hooks.Widens(ctx, v.View, key, value)
}

// Check implements hooks.Checker.
func (v recordedView) Check(ctx context.Context) error { return hooks.Check(ctx, v.View) }

// Keys implements hooks.View. It records the values of the keys too, since a replay needs
// them.
func (v recordedView) Keys(prefix string) []string {
	keys := v.View.Keys(prefix)
	for _, key := range keys {
		v.Get(key)
	}
	return keys
}

// maxLine bounds one recorded call, in bytes.
const maxLine = 1 << 20

// ReadRecord reads the output of a [Recorder]. own are as for [Parse].
func ReadRecord(r io.Reader, own ...abi.Point) ([]Vector, error) {
	var f File
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		v, err := readCall(lines.Bytes(), own)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		f.Vectors = append(f.Vectors, v)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(f.Vectors) == 0 {
		return nil, errors.New("no call was recorded")
	}
	return f.Vectors, nil
}

// readCall reads one line.
func readCall(line []byte, own []abi.Point) (v Vector, err error) {
	if err = ijson.Decode(line, &v); err == nil {
		err = v.check(own)
	}
	return v, err
}
