package opcua

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gopcua/opcua/ua"

	"github.com/steelthread/steelthread/devices"
)

// WriteVerified reads, compares, writes only when different, and reads back. See [devices.Writer].
func (d *Device) WriteVerified(ctx context.Context, tag string, v any) (devices.Written, error) {
	w, err := devices.VerifyWrite(ctx, d, d.writeRepeatable, tag, v)
	if err != nil {
		return w, fmt.Errorf("write %s: %w", tag, err)
	}
	return w, nil
}

// writeRepeatable is a write whose lost answer needs no special word, since it is repeated or read back anyway.
func (d *Device) writeRepeatable(ctx context.Context, tag string, v any) error {
	err := d.WriteOnce(ctx, tag, v)
	if errors.Is(err, devices.ErrOutcomeUnknown) {
		return unreachable(d.cfg.ID, err)
	}
	return err
}

// WriteOnce writes in one attempt. Everything that can be refused without sending is refused before; once the request has
// left, a missing answer is ErrOutcomeUnknown. See [devices.Writer].
func (d *Device) WriteOnce(ctx context.Context, tag string, v any) error {
	if err := d.known([]string{tag}); err != nil {
		return err
	}
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	l, err := d.await(ctx)
	if err != nil {
		return err
	}
	t, err := l.typeOf(ctx, tag)
	if err != nil {
		return d.failed(ctx, err)
	}
	variant, err := toVariant(t, v)
	if err != nil {
		return fmt.Errorf("%s: %w", tag, err)
	}
	if ctx.Err() != nil {
		return unreachable(d.cfg.ID, ctx.Err())
	}
	res, err := l.client.Write(ctx, &ua.WriteRequest{NodesToWrite: []*ua.WriteValue{{
		NodeID: l.nodes[tag], AttributeID: ua.AttributeIDValue,
		Value: &ua.DataValue{EncodingMask: ua.DataValueValue, Value: variant},
	}}})
	switch {
	case errors.Is(err, ua.StatusBadServerNotConnected):
		return unreachable(d.cfg.ID, l.judge(ctx, err))
	case err != nil:
		return fmt.Errorf("%s, %s: %w: %v", d.cfg.ID, tag, devices.ErrOutcomeUnknown, l.judge(ctx, err))
	case len(res.Results) != 1:
		return fmt.Errorf("%s, %s: %w: %d answers", d.cfg.ID, tag, devices.ErrOutcomeUnknown, len(res.Results))
	}
	d.data(time.Now())
	return written(tag, res.Results[0])
}

// written turns the server's word on a write into the port's errors.
func written(tag string, s ua.StatusCode) error {
	switch s {
	case ua.StatusOK, ua.StatusGoodCompletesAsynchronously, ua.StatusGoodClamped:
		return nil
	case ua.StatusBadTypeMismatch:
		return fmt.Errorf("%s: %s: %w", tag, statusWord(s), devices.ErrWrongType)
	case ua.StatusBadTimeout, ua.StatusBadCommunicationError, ua.StatusBadNoCommunication:
		return fmt.Errorf("%s: %s: %w", tag, statusWord(s), devices.ErrOutcomeUnknown)
	}
	if unknownNode(s) {
		return fmt.Errorf("%s: %s: %w", tag, statusWord(s), devices.ErrUnknownTag)
	}
	return fmt.Errorf("%s: %s: %w", tag, statusWord(s), devices.ErrRefused)
}

// typeOf gives the type that a node holds, from its DataType attribute, or from its present value where that attribute
// names no built-in type. It is learnt once a life.
func (l *life) typeOf(ctx context.Context, tag string) (valueType, error) {
	l.mu.Lock()
	t, ok := l.types[tag]
	l.mu.Unlock()
	if ok {
		return t, nil
	}
	declared, err := l.read(ctx, ua.AttributeIDDataType, []string{tag})
	if err != nil {
		return t, err
	}
	current, err := l.read(ctx, ua.AttributeIDValue, []string{tag})
	if err != nil {
		return t, err
	}
	if unknownNode(current[0].Status) || unknownNode(declared[0].Status) && current[0].Value == nil {
		return t, fmt.Errorf("%s: %s: %w", tag, statusWord(current[0].Status), devices.ErrUnknownTag)
	}
	if t, ok = settle(declared[0], current[0]); !ok {
		return t, fmt.Errorf("%s: the node tells no type: %w", tag, devices.ErrWrongType)
	}
	l.mu.Lock()
	l.types[tag] = t
	l.mu.Unlock()
	return t, nil
}

// settle decides on the type. The value's own type goes before a declared one that is not built in, such as an
// enumeration or an abstract Number.
func settle(declared, current *ua.DataValue) (valueType, bool) {
	var t valueType
	if current.Value != nil && current.Value.Type() != ua.TypeIDNull {
		t.id = current.Value.Type()
		t.array = current.Value.Has(ua.VariantArrayValues)
	}
	if declared.Value != nil {
		if n, ok := declared.Value.Value().(*ua.NodeID); ok && n.Namespace() == 0 && n.IntID() >= 1 && n.IntID() <= 13 {
			t.id = ua.TypeID(n.IntID())
		}
	}
	return t, t.id != ua.TypeIDNull
}
