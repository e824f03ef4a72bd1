package wasm

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tetratelabs/wazero"

	"github.com/cardea-auth/cardea/plugins/internal/meter"
)

// metered returns the module to compile: validated and rewritten with metering. If there
// is a cache directory the result is cached, since both steps take as long as the rest of
// loading.
func (e *Engine) metered(ctx context.Context, binary []byte, opts Options) ([]byte, error) {
	file := e.cacheFile(binary, opts.Shape)
	if done, ok := readChecked(file); ok {
		return done, nil
	}
	if err := validate(ctx, binary); err != nil {
		return nil, err
	}
	done, err := meter.Rewrite(binary, opts.Shape)
	if err != nil {
		return nil, err
	}
	if file != "" {
		if err := writeChecked(file, done); err != nil {
			return nil, fmt.Errorf("compilation cache: %w", err)
		}
	}
	return done, nil
}

// validate checks the original module. It must run before metering: a module that uses
// one undeclared global is invalid, but would become valid when the tank is added. The
// interpreter's compiler is used because it is cheaper.
func validate(ctx context.Context, binary []byte) error {
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithCoreFeatures(features).WithDebugInfoEnabled(false))
	_, err := rt.CompileModule(ctx, meter.Strip(binary))
	if closeErr := rt.Close(ctx); err == nil {
		err = closeErr
	}
	return err
}

func (e *Engine) cacheFile(binary []byte, shape meter.Limits) string {
	if e.dir == "" {
		return ""
	}
	h := sha256.New()
	fmt.Fprintf(h, "meter %d %+v\n", meter.Version, shape)
	h.Write(binary)
	return filepath.Join(e.dir, "metered-"+hex.EncodeToString(h.Sum(nil)))
}

// readChecked reads a file of writeChecked, unless it is damaged.
func readChecked(file string) ([]byte, bool) {
	if file == "" {
		return nil, false
	}
	raw, err := os.ReadFile(file)
	if err != nil || len(raw) < sha256.Size {
		return nil, false
	}
	sum := sha256.Sum256(raw[sha256.Size:])
	return raw[sha256.Size:], bytes.Equal(sum[:], raw[:sha256.Size])
}

// writeChecked writes content preceded by its digest. The file appears atomically.
func writeChecked(file string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(file), "metering-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails harmlessly after the rename
	sum := sha256.Sum256(content)
	_, err = f.Write(append(sum[:], content...))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
