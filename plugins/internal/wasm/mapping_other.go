//go:build !linux

package wasm

import (
	"context"
	"errors"
)

// mapping is only supported on Linux; elsewhere memory is copied back.
type mapping struct{}

type image struct{}

var errNoMapping = errors.New("memory cannot be mapped here")

func withMapping(ctx context.Context) (out context.Context, m func() *mapping) {
	return ctx, func() *mapping { return nil }
}

func newImage([]byte) (*image, error) { return nil, errNoMapping }

func (*mapping) attach(*image) error { return errNoMapping }

func (*mapping) reset(*image) error { return errNoMapping }

func (*image) close() error { return nil }
