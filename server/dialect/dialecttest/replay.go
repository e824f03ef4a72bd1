package dialecttest

import (
	"encoding/json"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Run replays the transcript: rows on the dialect's own routes against its
// endpoints, the others through engine and gateway to the recorded site. It fails when a row departs from the recording without a
// deviation, when a deviation is not as it says, and when fewer than 97 in 100
// rows agree, not counting those where the plugin is unsafe.
func Run(t *testing.T, s Suite) {
	rows, err := Load(s.Transcript)
	if err != nil {
		t.Fatal(err)
	}
	p := &player{suite: s, rows: rows, engines: map[string]*stage{}, stands: map[string]string{}}
	var own, others count
	used := map[string]bool{}
	waited := time.Duration(0) // how far the clock is ahead of the recording's
	for i, at := range moments(rows) {
		row := rows[i]
		if s.Adjust != nil {
			s.Adjust(&row)
		}
		waited += s.Waits[row.Name]
		got, isOwn, err := p.play(t, row, at+int64(waited/time.Second))
		if err != nil {
			t.Fatalf("row %d %s: %v", i, row.Name, err)
		}
		used[row.Name] = true
		if isOwn {
			p.learn(row, got)
		}
		faults := differences(row, got, s)
		agrees := len(faults) == 0
		p.judge(t, row, got, faults)
		if isOwn {
			own.add(agrees, s.Deviations[row.Name].Safer)
		} else {
			others.add(agrees, s.Deviations[row.Name].Safer)
		}
	}
	for name := range s.Deviations {
		if !used[name] {
			t.Errorf("deviation %s: the transcript has no such row", name)
		}
	}
	name, _, _ := strings.Cut(filepath.Base(s.Transcript), ".")
	report(t, name, own, others)
}

// judge complains of a row that differs and is not listed, of one that is listed
// and does not differ, and of one that differs in another way than listed.
func (p *player) judge(t *testing.T, row Row, got *httptest.ResponseRecorder, faults []string) {
	t.Helper()
	d, listed := p.suite.Deviations[row.Name]
	switch {
	case len(faults) == 0 && listed:
		t.Errorf("%s: agrees with the recording, yet is listed as a deviation", row.Name)
	case len(faults) == 0:
	case !listed:
		t.Errorf("%s %s %s: %s\n  got %s", row.Request.Method, row.Request.Path, row.Name, strings.Join(faults, "; "), got.Body)
	default:
		checkDeviation(t, row, d, got)
	}
}

func checkDeviation(t *testing.T, row Row, want Deviation, got *httptest.ResponseRecorder) {
	t.Helper()
	var body any
	if err := json.Unmarshal(got.Body.Bytes(), &body); err != nil {
		t.Errorf("%s: %v", row.Name, err)
	}
	if got.Code != want.Status || code(body) != want.Code {
		t.Errorf("deviation %s: got %d %q, want %d %q", row.Name, got.Code, code(body), want.Status, want.Code)
	}
	if want.Why == "" {
		t.Errorf("deviation %s: says no reason", row.Name)
	}
}
