package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/mes"
)

// Results carries the results of the cameras that answer by themselves to the API. A result is acknowledged to its
// camera only after the API has stored it; what the API refuses for good is logged and let go, since it would come
// again for ever.
type Results struct {
	Hub  *devices.Hub
	API  *API
	Site string
	Log  *slog.Logger
}

// Run watches every camera until ctx ends. A camera whose watch ends is watched again.
func (r Results) Run(ctx context.Context) {
	for _, c := range r.Hub.Configs() {
		if c.Site == r.Site {
			go r.watch(ctx, c.ID)
		}
	}
	<-ctx.Done()
}

func (r Results) watch(ctx context.Context, id string) {
	camera, err := r.Hub.Camera(id)
	if errors.Is(err, devices.ErrUnsupported) {
		return // not a camera
	}
	if err == nil {
		err = camera.Results(ctx, r.forward)
	}
	switch {
	case err == nil, errors.Is(err, devices.ErrUnknownTag): // the second: its results come over REST
	default:
		r.Log.Error("results of a camera can't be watched; its steps will run into their time-outs", "camera", id, "error", err)
	}
}

// result is the body of POST /vision/results.
type result struct {
	Key         string               `json:"key,omitempty"`
	Kind        mes.VisionKind       `json:"kind,omitempty"`
	Code        string               `json:"code,omitempty"`
	Camera      string               `json:"camera"`
	Lot         string               `json:"lot"`
	Operation   string               `json:"operation,omitempty"`
	Step        string               `json:"step"`
	Verdict     devices.Verdict      `json:"verdict"`
	Confidence  json.Number          `json:"confidence"`
	Model       string               `json:"model"`
	Image       []byte               `json:"image,omitempty"`
	Predictions []devices.Prediction `json:"predictions,omitzero"` // an empty list is a result
	Measured    map[string]float64   `json:"measured,omitempty"`
	CapturedAt  *time.Time           `json:"captured_at,omitempty"`
}

// forward sends one result. An error leaves the message with the broker, which gives it again.
func (r Results) forward(ctx context.Context, in devices.CameraResult) error {
	key := in.Shot
	if key == "" {
		key = in.Key()
	}
	err := r.send(ctx, key, in)
	var refused *StatusError
	if errors.As(err, &refused) && refused.Final() && refused.Status != http.StatusNotFound {
		r.Log.Error("the API refused a camera's result for good; it was let go", "camera", in.Camera, "lot", in.Lot, "key", key, "error", err)
		return nil
	}
	return err
}

func (r Results) send(ctx context.Context, key string, in devices.CameraResult) error {
	if in.Foreign != nil {
		q := url.Values{"camera": {in.Camera}, "way": {r.way(in.Camera)}}
		for name, v := range map[string]string{"lot": in.Lot, "step": in.Step, "operation": in.Operation, "key": key} {
			if v != "" {
				q.Set(name, v)
			}
		}
		return r.API.PostRaw(ctx, "/vision/roboflow?"+q.Encode(), in.Foreign)
	}
	out := result{Key: key, Kind: in.Kind, Code: in.Code, Camera: in.Camera, Lot: in.Lot, Operation: in.Operation, Step: in.Step, Verdict: in.Verdict,
		Confidence: json.Number(fmt.Sprint(in.Confidence)), Model: in.Model, Image: in.Image, Predictions: in.Predictions, Measured: in.Measurements}
	if !in.CapturedAt.IsZero() {
		out.CapturedAt = &in.CapturedAt
	}
	return r.API.Post(ctx, "/vision/results?way="+r.way(in.Camera), out, nil)
}

// way says how a camera's results come to the edge.
func (r Results) way(camera string) string {
	if r.Hub != nil {
		for _, c := range r.Hub.Configs() {
			if c.ID == camera && c.Driver == "opcua-camera" {
				return string(mes.WayOPCUA)
			}
		}
	}
	return string(mes.WayMQTT)
}
