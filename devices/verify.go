package devices

import (
	"context"
	"fmt"
)

// VerifyWrite is the verified write that every driver offers: read, compare, write only when different, read back. Drivers
// give it their reader and their bare write.
func VerifyWrite(ctx context.Context, r Reader, write func(context.Context, string, any) error, tag string, v any) (Written, error) {
	before, err := readOne(ctx, r, tag)
	if err != nil {
		return Written{}, err
	}
	w := Written{Before: before.Value, After: before.Value}
	if before.Usable() && Same(before.Value, v) {
		return w, nil
	}
	if err := write(ctx, tag, v); err != nil {
		return w, err
	}
	after, err := readOne(ctx, r, tag)
	if err != nil {
		return w, fmt.Errorf("read back: %w", err)
	}
	w.After, w.Changed = after.Value, true
	if !after.Usable() || !Same(after.Value, v) {
		return w, fmt.Errorf("%s: %v was written, %v (%s) is read: %w", tag, v, after.Value, after.Quality, ErrReadBack)
	}
	return w, nil
}

func readOne(ctx context.Context, r Reader, tag string) (Value, error) {
	vs, err := r.Read(ctx, tag)
	if err != nil {
		return Value{}, err
	}
	if len(vs) != 1 {
		return Value{}, fmt.Errorf("%d values for %s: %w", len(vs), tag, ErrNoAnswer)
	}
	return vs[0], nil
}
