package dialecttest

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Run replays the transcript: rows on the dialect's own routes against its endpoints,
// the others through engine and gateway to the recorded site. It fails if a row differs
// from the recording without a deviation, if a deviation is not as listed, if fewer
// rows agree than s.Agree, or if less than 97 percent agree, not counting rows where
// the plugin is unsafe.
func Run(t *testing.T, s Suite) {
	n := Replay(t, s)
	for name := range s.Deviations {
		if !n.names[name] {
			t.Errorf("deviation %s: the transcript has no such row", name)
		}
	}
	n.report(t, s)
}

// Replay replays the transcript and counts the results of its rows. If the suite lists
// deviations, it reports errors of single rows like [Run]; it does not check shares.
func Replay(t *testing.T, s Suite) *Counts {
	t.Helper()
	rows, err := Load(s.Transcript)
	if err != nil {
		t.Fatal(err)
	}
	p := &player{suite: s, rows: rows, engines: map[string]*stage{}, stands: map[string]string{}}
	n := &Counts{names: map[string]bool{}, different: map[fate][]string{}}
	waited := time.Duration(0) // offset of the clock from the recording's
	for i, at := range moments(rows) {
		row := rows[i]
		if s.Adjust != nil {
			s.Adjust(&row)
		}
		waited += s.Waits[row.Name]
		got, own, err := p.play(t, row, at+int64(waited/time.Second))
		if err != nil {
			t.Fatalf("row %d %s: %v", i, row.Name, err)
		}
		if own {
			p.learn(row, got)
		}
		if s.Each != nil {
			s.Each(row, got)
		}
		faults := append(differences(row, got, s), crossOriginDifferences(row, got, p.crossOrigin(row))...)
		if s.Deviations != nil {
			p.judge(t, row, got, faults)
		}
		n.add(row.Name, own, became(s.Deviations[row.Name], got.Code, len(faults) == 0))
	}
	return n
}

// judge reports a row that differs and is not listed, one that is listed and does not
// differ, and one that differs in another way than listed.
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
	switch {
	case want.Unheard != (got.Code == unheard):
		t.Errorf("deviation %s: got %d %s, want what was never recorded: %v", row.Name, got.Code, got.Body, want.Unheard)
	case !want.Unheard && (got.Code != want.Status || code(body) != want.Code):
		t.Errorf("deviation %s: got %d %q, want %d %q", row.Name, got.Code, code(body), want.Status, want.Code)
	}
	if want.Why == "" {
		t.Errorf("deviation %s: says no reason", row.Name)
	}
}
