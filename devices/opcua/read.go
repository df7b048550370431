package opcua

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gopcua/opcua/ua"

	"github.com/steelthread/steelthread/devices"
)

// Read gives one value per tag, in as few requests as the server allows. It waits for a connection up to the profile's
// time-out. Errors are those of [devices.Reader].
func (d *Device) Read(ctx context.Context, tags ...string) ([]devices.Value, error) {
	if len(tags) == 0 {
		return nil, nil // a server answers an empty list with a fault, and a fault ends the connection
	}
	if err := d.known(tags); err != nil {
		return nil, err
	}
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	l, err := d.await(ctx)
	if err != nil {
		return nil, err
	}
	results, err := l.read(ctx, ua.AttributeIDValue, tags)
	if err != nil {
		return nil, d.failed(ctx, err)
	}
	now := time.Now()
	d.data(now)
	out := make([]devices.Value, len(tags))
	var missing []string
	for i, tag := range tags {
		dv := results[i] // read gives one per tag, or an error
		out[i] = toValue(tag, dv, now)
		if dv != nil && unknownNode(dv.Status) {
			missing = append(missing, fmt.Sprintf("%s (%s)", tag, d.cfg.Tags[tag]))
		}
	}
	if missing != nil {
		return nil, fmt.Errorf("%s has no node for %s: %w", d.cfg.ID, strings.Join(missing, ", "), devices.ErrUnknownTag)
	}
	return out, nil
}

func (d *Device) known(tags []string) error {
	for _, t := range tags {
		if _, ok := d.nodes[t]; !ok {
			return fmt.Errorf("%s has no tag %q: %w", d.cfg.ID, t, devices.ErrUnknownTag)
		}
	}
	return nil
}

// read reads one attribute of the tags' nodes, split by the server's limit.
func (l *life) read(ctx context.Context, attr ua.AttributeID, tags []string) ([]*ua.DataValue, error) {
	out := make([]*ua.DataValue, 0, len(tags))
	for start := 0; start < len(tags); start += l.limits.read {
		part := tags[start:min(start+l.limits.read, len(tags))]
		req := &ua.ReadRequest{TimestampsToReturn: ua.TimestampsToReturnBoth}
		for _, t := range part {
			if err := l.lost[t]; err != nil {
				return nil, err
			}
			req.NodesToRead = append(req.NodesToRead, &ua.ReadValueID{NodeID: l.nodes[t], AttributeID: attr})
		}
		res, err := l.client.Read(ctx, req)
		if err != nil {
			return nil, l.judge(ctx, err)
		}
		if len(res.Results) != len(part) {
			return nil, l.judge(ctx, fmt.Errorf("%d answers for %d nodes", len(res.Results), len(part)))
		}
		out = append(out, res.Results...)
	}
	return out, nil
}

// judge marks the connection as broken after any failure of the service itself, because the library drops it then. The
// caller's own end of patience says nothing about the connection.
func (l *life) judge(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		l.fail(err)
	}
	return err
}

// failed turns a failed request into the port's errors.
func (d *Device) failed(ctx context.Context, err error) error {
	if errors.Is(err, devices.ErrUnknownTag) || errors.Is(ctx.Err(), context.Canceled) {
		return err
	}
	return unreachable(d.cfg.ID, err)
}

func unknownNode(s ua.StatusCode) bool {
	return s == ua.StatusBadNodeIDUnknown || s == ua.StatusBadNodeIDInvalid || s == ua.StatusBadAttributeIDInvalid
}

// statusWord gives a status code's name as machine builders know it.
func statusWord(s ua.StatusCode) string {
	if d, ok := ua.StatusCodes[s]; ok {
		return strings.TrimPrefix(d.Name, "Status")
	}
	return fmt.Sprintf("status 0x%08X", uint32(s))
}
