package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestHouse_words: packages for all applications do not name one. How a WordPress reads
// requests is in server/wordpress, what plugins answer in server/dialect, and where
// passwords come from in core/users.
func TestHouse_words(t *testing.T) {
	names := regexp.MustCompile(`(?i)wordpress|cocart|woocommerce|wp-json|rest_route|\bphp`)
	for _, dir := range []string{"core", "server/gateway", "server/httpauth"} {
		err := filepath.WalkDir(filepath.Join("../..", dir), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "testdata" || path == filepath.Join("../..", "core/users")):
				return fs.SkipDir
			case d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			text, err := os.ReadFile(path)
			for i, line := range bytes.Split(text, []byte("\n")) {
				if name := names.Find(line); name != nil {
					t.Errorf("%s:%d names %s in a package for all applications", strings.TrimPrefix(path, "../../"), i+1, name)
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
