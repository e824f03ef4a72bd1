package sqlite_test

import (
	"bufio"
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store/sqlite"
)

// refresherEnv makes the test binary issue, refresh and revoke on the named file; see
// TestMain. tortureEnv is how often it is killed.
const (
	refresherEnv = "CARDEA_TEST_SQLITE_REFRESHER"
	tortureEnv   = "CARDEA_TORTURE"
)

// longGrace is longer than the test, so that a slow restart does not turn a repeated token
// into reuse.
const longGrace = time.Hour

// refreshForEver works on four sessions at once, and reports what it is about to end and
// each operation that has succeeded.
func refreshForEver(path string) {
	s, err := sqlite.Open(context.Background(), sqlite.Config{Path: path})
	if err != nil {
		fail(err)
	}
	w := refresher{
		lenient: session.New(s, session.Config{Grace: longGrace}),
		strict:  session.New(s, session.Config{Grace: -1}),
	}
	for range 3 {
		go w.run()
	}
	w.run()
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

type refresher struct{ lenient, strict *session.Sessions }

func (w refresher) run() {
	for i := 0; ; i++ {
		if err := w.life(i); err != nil {
			fail(err)
		}
	}
}

// life starts a session, refreshes it, and ends it after a second: by a logout or by
// reusing a token.
func (w refresher) life(i int) error {
	ctx := context.Background()
	first, s, err := w.lenient.Begin(ctx, session.NewSession{Subject: "u_1"})
	if err != nil {
		return err
	}
	fmt.Println("token", s.ID, first.Reveal())
	text := first
	for range 3 {
		r, err := w.lenient.Rotate(ctx, text.Reveal(), session.RotateOptions{})
		if err != nil {
			return err
		}
		text = r.Text
		fmt.Println("token", s.ID, text.Reveal())
	}
	if i%2 == 0 {
		return nil
	}
	fmt.Println("ending", s.ID, "-")
	if i%4 == 1 {
		_, err = w.lenient.End(ctx, s.ID, "logout", "u_1")
	} else if r, stolen := w.strict.Rotate(ctx, first.Reveal(), session.RotateOptions{}); !r.Reused {
		err = fmt.Errorf("a used token was repeated and ended no session: %v", stolen)
	}
	fmt.Println("ended", s.ID, "-")
	return err
}

// family is what the refresher has reported about a session.
type family struct {
	tokens        []string
	ending, ended bool
}

// TestSessions_killed kills a refresher at random times, repeatedly on one file. What it
// reported is stored, no session has two current tokens, and a client that lost the
// response to a refresh can continue with its token.
func TestSessions_killed(t *testing.T) {
	kills, err := strconv.Atoi(cmp.Or(os.Getenv(tortureEnv), "10"))
	if err != nil {
		t.Fatalf("%s: %v", tortureEnv, err)
	}
	path, total := file(t), figures{}
	begun := time.Now()
	for range kills {
		reported := refreshAndKill(t, path, below(t, 40), time.Duration(below(t, 3000))*time.Microsecond)
		checkFamilies(t, path, reported, &total)
		if t.Failed() {
			return
		}
	}
	t.Logf("torture: %d kills, %d sessions and %d acknowledged steps checked, %d refreshes and %d ends committed without an answer, 0 lost, 0 forks, integrity ok each time, in %v",
		kills, total.families, total.steps, total.repeated, total.unsaid, time.Since(begun).Round(time.Second))
	if kills >= 100 && total.repeated == 0 {
		t.Error("no kill was between a commit and its response: the test proves nothing")
	}
}

type figures struct{ families, steps, repeated, unsaid int }

func below(t *testing.T, n int64) int {
	t.Helper()
	r, err := rand.Int(rand.Reader, big.NewInt(n))
	if err != nil {
		t.Fatal(err)
	}
	return int(r.Int64())
}

// refreshAndKill runs a refresher until it has reported this many lines and a while longer,
// and returns everything it reported.
func refreshAndKill(t *testing.T, path string, lines int, more time.Duration) map[string]*family {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), refresherEnv+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	reported, scanner, kill := map[string]*family{}, bufio.NewScanner(out), func() {}
	for n := 0; ; n++ {
		if n == lines {
			timer := time.AfterFunc(more, func() { cmd.Process.Kill() })
			kill = func() { timer.Stop() }
		}
		if !scanner.Scan() {
			break
		}
		note(t, reported, scanner.Text())
	}
	kill()
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code >= 0 {
		t.Fatalf("the refresher ended by itself with %d", code)
	}
	return reported
}

func note(t *testing.T, reported map[string]*family, line string) {
	t.Helper()
	words := strings.Fields(line)
	if len(words) != 3 {
		t.Fatalf("the refresher says %q", line)
	}
	f := reported[words[1]]
	if f == nil {
		f = &family{}
		reported[words[1]] = f
	}
	switch words[0] {
	case "token":
		f.tokens = append(f.tokens, words[2])
	case "ending":
		f.ending = true
	case "ended":
		f.ended = true
	}
}

// checkFamilies checks the file, then continues each session as its client would.
func checkFamilies(t *testing.T, path string, reported map[string]*family, total *figures) {
	t.Helper()
	s := open(t, path)
	defer s.Close()
	db := raw(t, path)
	defer db.Close()
	checkFile(t, db)
	sessions := session.New(s, session.Config{Grace: longGrace})
	for id, f := range reported {
		kept := tokensOf(t, db, id)
		for i, text := range f.tokens {
			if token, ok := session.ParseRefresh(text); !ok || !kept[hex.EncodeToString(token.Hash[:])] {
				t.Errorf("token %d of session %s was reported and is lost", i, id)
			}
		}
		if len(kept) > len(f.tokens)+1 {
			t.Errorf("session %s has %d tokens where %d were reported", id, len(kept), len(f.tokens))
		}
		checkFamily(t, sessions, id, f, total)
		total.families++
		total.steps += len(f.tokens)
	}
	checkFile(t, db)
}

func checkFamily(t *testing.T, sessions *session.Sessions, id string, f *family, total *figures) {
	t.Helper()
	s, err := sessions.Session(t.Context(), id)
	if err != nil {
		t.Errorf("session %s: %v", id, err)
		return
	}
	ended := !s.Ended.IsZero()
	if f.ended && !ended || ended && !f.ending {
		t.Errorf("session %s: reported ending %v, ended %v; is ended: %v", id, f.ending, f.ended, ended)
	}
	if ended && !f.ended {
		total.unsaid++
	}
	if f.ended {
		total.steps++
	}
	r, err := sessions.Rotate(t.Context(), f.tokens[len(f.tokens)-1], session.RotateOptions{})
	if ended != (api.ReasonOf(err) == api.ReasonRefreshEnded) || !ended && err != nil {
		t.Errorf("session %s, ended %v: the last token yields %v", id, ended, err)
	}
	if r.Repeated {
		total.repeated++
	}
}

func tokensOf(t *testing.T, db *sql.DB, id string) map[string]bool {
	t.Helper()
	rows, err := db.Query("SELECT hash FROM refresh_tokens WHERE session = $1", id)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	hashes := map[string]bool{}
	for rows.Next() {
		var hash string
		if err := rows.Scan(&hash); err != nil {
			t.Fatal(err)
		}
		hashes[hash] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return hashes
}

// checkFile fails the test unless the file is intact, each session has one current token,
// each used token one successor, and each ended session its revocation.
func checkFile(t *testing.T, db *sql.DB) {
	t.Helper()
	var verdict string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatalf("integrity_check says %q, %v", verdict, err)
	}
	for what, query := range map[string]string{
		"sessions without exactly one live token": `SELECT COUNT(*) FROM sessions AS s WHERE 1 <>
			(SELECT COUNT(*) FROM refresh_tokens WHERE session = s.id AND used = 0)`,
		"used tokens without a successor": `SELECT COUNT(*) FROM refresh_tokens WHERE (used = 0) <> (successor = '')`,
		"ends without a revocation, or the other way round": `SELECT COUNT(*) FROM sessions AS s WHERE (ended = 0) =
			EXISTS (SELECT 1 FROM revocations WHERE kind = 'sid' AND name = s.id)`,
	} {
		var n int
		if err := db.QueryRow(query).Scan(&n); err != nil || n != 0 {
			t.Errorf("Scan: got %d %s, %v; want 0", n, what, err)
		}
	}
}
