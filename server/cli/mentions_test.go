package cli

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var (
	// A mention in quotes, or a line of a document, is certainly a command line. In a
	// message without quotes, "cardea" may also be the name of the program.
	quotedMention = regexp.MustCompile("['`]cardea ([^'`]*)['`]")
	lineMention   = regexp.MustCompile(`(?m)(?:^ *(?:\$ )?|\| *)cardea ([^|&;#\n]*)`)
	plainMention  = regexp.MustCompile(`(?:^|[\s(])cardea ([^;,:\n&|#()]*)`)

	flagMention = regexp.MustCompile(`(?:^|[\s('` + "`" + `])--([a-z][a-z-]+)`)
	commandWord = regexp.MustCompile(`^[a-z][a-z-]*$`)
	flagWord    = regexp.MustCompile(`^--?([a-z][a-z-]*)`)
)

// TestMentions: every command and flag of cardea in a document or a message exists.
func TestMentions(t *testing.T) {
	root := completeRoot()
	seen := 0
	for path, text := range documents(t) {
		for _, re := range []*regexp.Regexp{quotedMention, lineMention} {
			for _, m := range re.FindAllStringSubmatch(text, -1) {
				seen++
				if err := findMention(root, m[1], true); err != nil {
					t.Errorf("%s: cardea %s: %v", path, m[1], err)
				}
			}
		}
	}
	for path, list := range messages(t) {
		check := wrongMentions
		if !strings.HasPrefix(filepath.ToSlash(path), "../../server/cli/") { // other programs are mentioned there, too
			check = wrongQuoted
		}
		for _, text := range list {
			for _, err := range check(root, text, &seen) {
				t.Errorf("%s: %.200q: %v", path, text, err)
			}
		}
	}
	if seen < 150 {
		t.Errorf("found %d mentions: the patterns miss some", seen)
	}
}

// TestMentions_wrong: a mention of something that does not exist is found.
func TestMentions_wrong(t *testing.T) {
	for text, want := range map[string]bool{
		"run 'cardea plugin new --hook token-claims NAME'":     true,
		"run 'cardea plugin create NAME'":                      true,
		"run 'cardea launch'":                                  true,
		"Next: cardea plugin sign --kee FILE":                  true,
		"Next: cardea user show anna":                          true,
		"--plugin-secrets needs --plugin":                      true,
		"run 'cardea plugin new --lang go NAME'":               false,
		"'cardea --config gateway.yaml keys revoke KID' or -h": false,
		"started by cardea itself, with --listen and --data":   false,
		"run 'cardea keys\nexport --for assertion'":            false,
		"'cardea user disable --undo' restores none of them":   true,
		"'cardea user disable %s --undo' enables it":           false,
		"'cardea session revoke' ends it":                      true,
		"'cardea session revoke --user' ends them":             true,
		"'cardea session revoke --user %s' ends them":          false,
		"'cardea token revoke --everything' ends them":         false,
		"'cardea apikey rotate' gives a key a new secret":      true,
	} {
		var seen int
		if got := wrongMentions(completeRoot(), text, &seen); (len(got) > 0) != want {
			t.Errorf("%q: got %v, want an error: %v", text, got, want)
		}
	}
}

// wrongQuoted returns what is wrong about the command lines in quotes in a message.
func wrongQuoted(root *cobra.Command, text string, seen *int) (list []error) {
	for _, m := range quotedMention.FindAllStringSubmatch(text, -1) {
		*seen++
		if err := cmp.Or(findMention(root, m[1], true), checkComplete(root, m[1])); err != nil {
			list = append(list, err)
		}
	}
	return list
}

// wrongMentions returns what is wrong about the command lines and flags in a message.
func wrongMentions(root *cobra.Command, text string, seen *int) []error {
	list := wrongQuoted(root, text, seen)
	add := func(line string, certain bool) {
		*seen++
		if err := findMention(root, line, certain); err != nil {
			list = append(list, err)
		}
	}
	rest := quotedMention.ReplaceAllString(text, "")
	for _, m := range plainMention.FindAllStringSubmatch(rest, -1) {
		add(m[1], false)
	}
	for _, m := range flagMention.FindAllStringSubmatch(rest, -1) {
		if *seen++; !hasFlag(root, m[1]) {
			list = append(list, fmt.Errorf("no command has the flag --%s", m[1]))
		}
	}
	return list
}

// findMention follows a command line through the commands. If certain is false, the rest is
// checked only if the first word is a command.
func findMention(root *cobra.Command, line string, certain bool) error {
	cmd := root
	for _, word := range strings.Fields(line) {
		if m := flagWord.FindStringSubmatch(word); m != nil {
			if cmd.Flag(m[1]) == nil && (len(m[1]) > 1 || cmd.Flags().ShorthandLookup(m[1]) == nil) {
				return fmt.Errorf("%s has no flag %s", cmd.CommandPath(), m[0])
			}
			continue
		}
		word = strings.TrimRight(word, ".?")
		if !cmd.HasSubCommands() || !commandWord.MatchString(word) {
			continue
		}
		sub := subcommand(cmd, word)
		switch {
		case sub != nil:
			cmd = sub
		case cmd == root && !certain:
			return nil
		default:
			return fmt.Errorf("%s has no command %s", cmd.CommandPath(), word)
		}
	}
	return nil
}

// checkComplete returns an error if a command line in a message lacks an argument, so that it
// fails when it is pasted. A verb of a format stands for a word.
func checkComplete(root *cobra.Command, line string) error {
	cmd, words := root, strings.Fields(line)
	for len(words) > 0 && subcommand(cmd, words[0]) != nil {
		cmd, words = subcommand(cmd, words[0]), words[1:]
	}
	var args []string
	user := false
	for i := 0; i < len(words); i++ {
		m := flagWord.FindStringSubmatch(words[i])
		if m == nil {
			args = append(args, words[i])
			continue
		}
		user = user || m[1] == "user"
		if f := cmd.Flag(m[1]); f != nil && f.Value.Type() != "bool" && !strings.Contains(words[i], "=") {
			if i++; i == len(words) {
				return fmt.Errorf("%s: %s has no value", line, m[0])
			}
		}
	}
	switch missing := cmd.Args != nil && cmd.Args(cmd, args) != nil; {
	case cmd.HasSubCommands():
		return nil // a group, which prints its help
	case missing, cmd.CommandPath() == "cardea session revoke" && len(args) == 0 && !user:
		return fmt.Errorf("%s: arguments are missing", line)
	}
	return nil
}

func subcommand(cmd *cobra.Command, name string) *cobra.Command {
	for _, sub := range cmd.Commands() {
		if sub.Name() == name {
			return sub
		}
	}
	return nil
}

func hasFlag(cmd *cobra.Command, name string) bool {
	found := name == "data-urlencode" // an option of curl
	for _, flags := range []*pflag.FlagSet{cmd.Flags(), cmd.PersistentFlags()} {
		found = found || flags.Lookup(name) != nil
	}
	for _, sub := range cmd.Commands() {
		found = found || hasFlag(sub, name)
	}
	return found
}

// completeRoot is the root command with what the library adds when it runs.
func completeRoot() *cobra.Command {
	root := newRoot(Program{})
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	var help func(*cobra.Command)
	help = func(cmd *cobra.Command) {
		cmd.InitDefaultHelpFlag()
		for _, sub := range cmd.Commands() {
			help(sub)
		}
	}
	help(root)
	return root
}

// documents returns the texts of the documentation but for the changelog, which is history.
func documents(t *testing.T) map[string]string {
	t.Helper()
	list := map[string]string{}
	walkModule(t, func(path string) error {
		if name := strings.TrimSuffix(path, ".tmpl"); filepath.Ext(name) != ".md" || filepath.Base(name) == "CHANGELOG.md" {
			return nil
		}
		text, err := os.ReadFile(path)
		list[path] = string(text)
		return err
	})
	if len(list) < 8 {
		t.Errorf("found %d documents", len(list))
	}
	return list
}

// printsMessages reports whether the texts of a source file may mention commands: those of
// the server and of plugins, but not of examples, which have commands of their own.
func printsMessages(path string) bool {
	for _, dir := range []string{"core", "hooks", "methods", "plugins", "server"} {
		if strings.HasPrefix(path, "../../"+dir+"/") {
			return true
		}
	}
	return false
}

// messages returns the string literals of the commands and of what they call.
func messages(t *testing.T) map[string][]string {
	t.Helper()
	list := map[string][]string{}
	walkModule(t, func(path string) error {
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || !printsMessages(filepath.ToSlash(path)) {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Errorf("%s: %v", path, err)
				}
				list[path] = append(list[path], text)
			}
			return true
		})
		return nil
	})
	return list
}

// walkModule calls fn for every file of the module, but for those of testdata and of
// programs in other languages that tests have installed.
func walkModule(t *testing.T, fn func(path string) error) {
	t.Helper()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || d.Name() == ".git"):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		return fn(path)
	})
	if err != nil {
		t.Fatal(err)
	}
}
