package compile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// elsewhere compiles a module in another process, into the cache in dir.
func elsewhere(ctx context.Context, cfg Config, dir string, src Source) error {
	limits := cfg.Limits
	head, err := json.Marshal(job{
		Dir: dir, Pages: uint32(src.Limits.MemoryPages), Shape: shape(src.Limits),
		CPU: max(1, int(limits.CPU/time.Second)), Memory: max(0, limits.Memory), Size: len(src.Code),
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limits.Time, errExhausted)
	defer cancel()
	text, err := cfg.Process(ctx, append(append(head, '\n'), src.Code...))
	if err != nil {
		if context.Cause(ctx) == errExhausted {
			return errExhausted
		}
		return err
	}
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		return fmt.Errorf("invalid answer %.200q of the compiling process: %w", text, err)
	}
	if a.Error != "" {
		return errors.New(a.Error)
	}
	return nil
}
