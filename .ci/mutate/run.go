package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// test is one test function, with its duration and the changes that it reaches.
type test struct {
	*tests
	name    string
	took    time.Duration
	reaches []byte // 1 for each change
}

// memory is the limit of a test process, in KiB: a change can make it use all memory.
const memory = 16 << 20

// execute runs tests of one binary with a change switched on by env, if any.
func (t *tests) execute(names []string, limit time.Duration, env ...string) (failed bool, out []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = regexp.QuoteMeta(n)
	}
	script := fmt.Sprintf(`ulimit -v %d; exec "$0" "$@"`, memory)
	cmd := exec.CommandContext(ctx, "sh", "-c", script, t.binary, "-test.failfast", "-test.run", "^("+strings.Join(quoted, "|")+")$")
	cmd.Dir, cmd.Env = t.dir, append(os.Environ(), env...)
	cmd.WaitDelay = time.Second
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	return cmd.Run() != nil, b.Bytes()
}

// names lists the tests of a binary.
func (t *tests) names() ([]string, error) {
	cmd := exec.Command(t.binary, "-test.list", "^Test")
	cmd.Dir = t.dir
	out, err := cmd.Output()
	var list []string
	for line := range strings.Lines(string(out)) {
		if name := strings.TrimSpace(line); strings.HasPrefix(name, "Test") {
			list = append(list, name)
		}
	}
	return list, err
}

// longest is the time limit of a single test.
const longest = time.Minute

// observe runs each test alone, without a change, and records the changes that it
// reaches. A failing test is left out.
func observe(dir string, binaries []tests, changes, workers int) ([]test, error) {
	var all []test
	for i := range binaries {
		names, err := binaries[i].names()
		if err != nil {
			return nil, fmt.Errorf("list the tests of %s: %w", binaries[i].pkg, err)
		}
		for _, n := range names {
			all = append(all, test{tests: &binaries[i], name: n})
		}
	}
	show := newProgress("observing tests", len(all))
	errs := make([]error, len(all))
	parallel(workers, len(all), func(i int) {
		t := &all[i]
		file := filepath.Join(dir, fmt.Sprintf("%d.reach", i))
		if errs[i] = os.WriteFile(file, make([]byte, changes), 0o600); errs[i] != nil {
			return
		}
		begun := time.Now()
		failed, out := t.execute([]string{t.name}, longest, "CARDEA_MUTANTS_REACHED="+file)
		if t.took = time.Since(begun); failed {
			fmt.Fprintf(os.Stderr, "%s of %s fails without a change and is left out:\n%s\n", t.name, t.pkg, tail(out))
		} else {
			t.reaches, errs[i] = os.ReadFile(file)
		}
		show.step()
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(all, func(t test) bool { return t.reaches == nil }), nil
}

func tail(out []byte) []byte { return out[max(0, len(out)-600):] }

// verdict is the result of a change.
type verdict struct {
	change
	reached int    // tests that reach it
	by      string // the test run that noticed it, "" if none
}

// try enables a change and runs the tests that reach it, those of its own package
// first and fast ones first, until one fails or tests of other packages have used the
// time enough.
func try(c change, all []test, enough time.Duration) verdict {
	v := verdict{change: c}
	var mine, others []test
	for _, t := range all {
		switch {
		case t.reaches[c.id] == 0:
		case t.pkg == c.pkg:
			mine = append(mine, t)
		default:
			others = append(others, t)
		}
	}
	v.reached = len(mine) + len(others)
	quick := func(a, b test) int { return int(a.took - b.took) }
	slices.SortFunc(mine, quick)
	slices.SortFunc(others, quick)
	for spent := time.Duration(0); len(others) > 0; others = others[1:] {
		if spent += others[0].took; spent > enough {
			break
		}
		mine = append(mine, others[0])
	}
	for _, group := range grouped(mine) {
		names, limit := []string{}, 10*time.Second
		for _, t := range group {
			names, limit = append(names, t.name), limit+5*t.took
		}
		if failed, _ := group[0].execute(names, limit, fmt.Sprintf("CARDEA_MUTANT=%d", c.id)); failed {
			v.by = group[0].pkg + " " + strings.Join(names, "|")
			return v
		}
	}
	return v
}

// grouped groups consecutive tests of one binary, up to two seconds each, to save process
// starts.
func grouped(list []test) (groups [][]test) {
	took := time.Duration(0)
	for i, t := range list {
		if i == 0 || t.binary != list[i-1].binary || took+t.took > 2*time.Second {
			groups, took = append(groups, nil), 0
		}
		took += t.took
		groups[len(groups)-1] = append(groups[len(groups)-1], t)
	}
	return groups
}

// parallel calls do for 0 to n-1.
func parallel(workers, n int, do func(int)) {
	var wait sync.WaitGroup
	room := make(chan struct{}, workers)
	for i := range n {
		room <- struct{}{}
		wait.Go(func() {
			defer func() { <-room }()
			do(i)
		})
	}
	wait.Wait()
}
