package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// config holds the command line flags.
type config struct {
	n, workers int
	seed       uint64
	enough     time.Duration
	known      string
	verbose    bool
}

func main() {
	var c config
	flag.IntVar(&c.n, "n", 500, "how many changes to try; 0 tries all")
	flag.Uint64Var(&c.seed, "seed", 1, "number that the random choice follows from")
	flag.IntVar(&c.workers, "workers", 3, "how many tests run at a time")
	flag.DurationVar(&c.enough, "others", 15*time.Second, "how long tests of other packages may run for one change")
	flag.StringVar(&c.known, "known", "", "file of changes that make no difference, a line each: file: function: what: source # reason")
	flag.BoolVar(&c.verbose, "v", false, "print which tests noticed a change")
	flag.Parse()
	if err := measure(os.Stdout, c, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func measure(out io.Writer, c config, patterns []string) error {
	known, err := readKnown(c.known)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	sources, binaries, all, err := prepare(dir, patterns)
	if err != nil {
		return err
	}
	seen, err := observe(dir, binaries, len(all), c.workers)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d changes in %d packages, %d tests\n", len(all), len(sources), len(seen))
	chosen := choose(all, c.n, c.seed)
	verdicts := make([]verdict, len(chosen))
	show := newProgress("trying changes", len(chosen))
	parallel(c.workers, len(chosen), func(i int) {
		verdicts[i] = try(chosen[i], seen, c.enough)
		show.step()
	})
	report(out, verdicts, known, c.verbose)
	return nil
}

// prepare compiles the changes of the packages into the tests of every package of the
// module that imports one of them. Commands and examples are left out, since they run
// other processes with unchanged code.
func prepare(dir string, patterns []string) (sources []*source, binaries []tests, all []change, err error) {
	listing, err := list([]string{"./..."})
	if err != nil {
		return nil, nil, nil, err
	}
	wanted, err := list(patterns)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, path := range sortedKeys(wanted) {
		if p := wanted[path]; !p.DepOnly && len(p.GoFiles) > 0 && !slices.Contains(p.Imports, "testing") { // which would be part of the tests
			s, err := load(p, listing)
			if err != nil {
				return nil, nil, nil, fmt.Errorf("read %s: %w", path, err)
			}
			sources = append(sources, s)
		}
	}
	if len(sources) == 0 {
		return nil, nil, nil, fmt.Errorf("no packages match %v", patterns)
	}
	var testers []*listed
	for _, path := range sortedKeys(listing) {
		p := listing[path]
		own := strings.TrimPrefix(path, sources[0].Module.Path+"/")
		if !p.DepOnly && len(p.TestGoFiles)+len(p.XTestGoFiles) > 0 && !strings.HasPrefix(own, "cmd/") && !strings.HasPrefix(own, "server/cli") && !strings.HasPrefix(own, "examples/") {
			testers = append(testers, p)
		}
	}
	file, all, err := overlay(dir, sources)
	if err != nil {
		return nil, nil, nil, err
	}
	fmt.Fprintf(os.Stderr, "compiling %d changes into the tests of %d packages\n", len(all), len(testers))
	binaries, err = build(dir, file, testers)
	return sources, binaries, all, err
}

func sortedKeys[V any](m map[string]V) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

// choose selects n changes, the same ones for the same seed and sources.
func choose(all []change, n int, seed uint64) []change {
	list := slices.Clone(all)
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	if n > 0 && n < len(list) {
		list = list[:n]
	}
	return list
}

// report prints the changes that were not noticed and the score of each package.
func report(out io.Writer, list []verdict, known map[string]string, verbose bool) {
	slices.SortFunc(list, func(a, b verdict) int { return a.id - b.id })
	type score struct{ noticed, tried int }
	scores, total, same := map[string]score{}, score{}, 0
	for _, v := range list {
		if reason, ok := known[v.key()]; ok && v.by == "" {
			same++
			fmt.Fprintf(out, "no difference  %s (%s)\n", v, reason)
			continue
		}
		dir := filepath.Dir(v.file)
		s := scores[dir]
		s.tried++
		total.tried++
		switch {
		case v.by != "":
			s.noticed++
			total.noticed++
			if verbose {
				fmt.Fprintf(out, "noticed        %s (%s)\n", v, v.by)
			}
		case v.reached == 0:
			fmt.Fprintf(out, "not reached    %s\n", v)
		default:
			fmt.Fprintf(out, "not noticed    %s (%s, %d tests reach it)\n", v, v.fn, v.reached)
		}
		scores[dir] = s
	}
	for _, dir := range sortedKeys(scores) {
		s := scores[dir]
		fmt.Fprintf(out, "%5.1f%%  %3d of %3d  %s\n", percent(s.noticed, s.tried), s.noticed, s.tried, dir)
	}
	fmt.Fprintf(out, "%5.1f%%  %3d of %3d  in all; %d more make no difference\n", percent(total.noticed, total.tried), total.noticed, total.tried, same)
}

func percent(a, b int) float64 { return 100 * float64(a) / float64(max(b, 1)) }

// key identifies a change without its line.
func (c change) key() string { return fmt.Sprintf("%s: %s: %s: %s", c.file, c.fn, c.what, c.source) }

// readKnown reads changes that are known to have no observable effect, each with its
// reason.
func readKnown(file string) (map[string]string, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	known := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, reason, ok := strings.Cut(line, " # ")
		if !ok || reason == "" {
			return nil, fmt.Errorf("%s: %q has no reason", file, line)
		}
		known[key] = reason
	}
	return known, nil
}

// progress prints the progress of a long task.
type progress struct {
	mu          sync.Mutex
	what        string
	done, all   int
	begun, said time.Time
}

func newProgress(what string, all int) *progress {
	return &progress{what: what, all: all, begun: time.Now()}
}

func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if now := time.Now(); now.Sub(p.said) > 10*time.Second || p.done == p.all {
		p.said = now
		fmt.Fprintf(os.Stderr, "%s: %d of %d after %s\n", p.what, p.done, p.all, now.Sub(p.begun).Round(time.Second))
	}
}
