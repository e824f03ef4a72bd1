package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/sqlite"
)

// writerEnv makes the test binary write to the named file; see TestMain.
const writerEnv = "CARDEA_TEST_SQLITE_WRITER"

// writeForEver creates users, each with a revocation in a second transaction, and prints
// each number after its commit, until it is killed.
func writeForEver(path string) {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, sqlite.Config{Path: path})
	for i := 1; err == nil; i++ {
		subject := fmt.Sprintf("u_%d_%d", os.Getpid(), i)
		var u api.User
		if u, err = s.CreateUser(ctx, api.User{Subject: subject, Login: subject}); err != nil {
			break
		}
		_, err = s.UpdateUser(ctx, subject, func(u *api.User) ([]api.Revocation, error) {
			u.Gen++
			return []api.Revocation{{Kind: api.RevokeSubject, Key: subject, MinGen: u.Gen}}, nil
		})
		if err == nil {
			fmt.Println(u.Number)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// TestStore_killed kills a writer three times on one file: everything that it reported is
// stored, and every record is complete.
func TestStore_killed(t *testing.T) {
	path, reported := file(t), map[int64]bool{}
	for range 3 {
		for _, n := range writeAndKill(t, path) {
			reported[n] = true
		}
		checkWhole(t, path, reported)
	}
}

// writeAndKill returns the numbers that the writer reported before it was killed.
func writeAndKill(t *testing.T, path string) (numbers []int64) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), writerEnv+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		n, err := strconv.ParseInt(lines.Text(), 10, 64)
		if err != nil {
			t.Fatalf("the writer says %q", lines.Text())
		}
		if numbers = append(numbers, n); len(numbers) == 20 {
			cmd.Process.Kill() // output written before is still read
		}
	}
	cmd.Wait()
	if len(numbers) < 20 {
		t.Fatalf("the writer ended by itself after %d users", len(numbers))
	}
	return numbers
}

func checkWhole(t *testing.T, path string, reported map[int64]bool) {
	t.Helper()
	s := open(t, path)
	defer s.Close()
	var verdict string
	if err := raw(t, path).QueryRow("PRAGMA quick_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatalf("quick_check says %q, %v", verdict, err)
	}
	rows, err := s.RevocationsSince(t.Context(), 0, time.Time{}, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	revoked := map[string]bool{}
	for _, r := range rows {
		revoked[r.Key] = true
	}
	for n := range reported {
		if _, err := s.UserByNumber(t.Context(), n); err != nil {
			t.Errorf("user %d was reported and is lost: %v", n, err)
		}
	}
	list, err := s.Users(t.Context(), 0, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range list {
		if (u.Gen == 1) != revoked[u.Subject] {
			t.Errorf("user %s has generation %d and revoked %v: half a transaction", u.Subject, u.Gen, revoked[u.Subject])
		}
	}
}
