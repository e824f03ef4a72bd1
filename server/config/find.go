package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/server/config/internal/environ"
	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

// FileName is the default name of the configuration file.
const FileName = "cardea.yaml"

// locate returns the file to read, or "" if there is none and none is required.
func locate(opts LoadOptions) (string, error) {
	candidates := []string{FileName, filepath.Join(dataDir(opts.Env), FileName)}
	if opts.Path != "" {
		candidates = []string{opts.Path}
	}
	for _, path := range candidates {
		_, err := os.Stat(path)
		if err == nil {
			return path, nil
		}
		if errors.Is(err, fs.ErrPermission) {
			return "", fmt.Errorf("read configuration: %w: run this as the account that runs the server, or name another file with --config", err)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("read configuration: %w%s", err, files.Cure(err))
		}
	}
	if !opts.Required {
		return "", nil
	}
	return "", fmt.Errorf("no configuration at %s: name one with --config, or start with 'cardea dev': %w",
		strings.Join(candidates, " or "), fs.ErrNotExist)
}

// dataDir returns the data directory as the environment or the default sets it, to look
// for a configuration file there.
func dataDir(env []string) string {
	dir := tree.Defaults[Config]().Data
	for _, v := range env {
		if value, ok := strings.CutPrefix(v, environ.Prefix+"DATA="); ok && value != "" {
			dir = value
		}
	}
	return dir
}

// readFile reads a file of at most limit bytes and reports whether every user of the
// machine can read it.
func readFile(path string, limit int64) (data []byte, exposed bool, err error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, false, err
	}
	data, err = io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, false, err
	}
	if int64(len(data)) > limit {
		return nil, false, fmt.Errorf("%s is larger than %d bytes: name a smaller file", path, limit)
	}
	return data, runtime.GOOS != "windows" && info.Mode().Perm()&0o004 != 0, nil
}
