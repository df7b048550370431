package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/steelthread/steelthread/devices"
)

// restSender posts results as an inference server does: a JSON document with a bearer token.
type restSender struct {
	vision Vision
	client *http.Client
	log    *slog.Logger
}

func newRESTSender(v Vision, log *slog.Logger) *restSender {
	return &restSender{vision: v, client: &http.Client{Timeout: 5 * time.Second}, log: log}
}

// verdictBody is the document of POST /api/v1/vision/results.
type verdictBody struct {
	Key        string               `json:"key"`
	Camera     string               `json:"camera"`
	Lot        string               `json:"lot"`
	Operation  string               `json:"operation,omitempty"`
	Step       string               `json:"step"`
	Verdict    devices.Verdict      `json:"verdict"`
	Confidence float64              `json:"confidence"`
	Model      string               `json:"model"`
	Boxes      []devices.Prediction `json:"boxes"`
	Measured   map[string]float64   `json:"measured,omitempty"`
	CapturedAt time.Time            `json:"captured_at"`
	Image      []byte               `json:"image"`
}

var errRefused = errors.New("the receiver refuses the result")

// send posts one result, with retries for a minute while the receiver is away. A refusal ends it.
func (s *restSender) send(ctx context.Context, r devices.CameraResult) error {
	if s.vision.URL == "" && s.vision.Locate == nil {
		return errors.New("no address to post results to")
	}
	b, err := json.Marshal(verdictBody{Key: r.Shot, Camera: r.Camera, Lot: r.Lot, Operation: r.Operation, Step: r.Step,
		Verdict: r.Verdict, Confidence: r.Confidence, Model: r.Model, Boxes: r.Predictions, Measured: r.Measurements,
		CapturedAt: r.CapturedAt, Image: r.Image})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for pause := 200 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err := s.post(ctx, b)
		if err == nil || errors.Is(err, errRefused) {
			return err
		}
		s.log.Debug("the result is posted again", "shot", r.Shot, "error", err)
		if !sleep(ctx, pause) {
			return err
		}
	}
}

func (s *restSender) post(ctx context.Context, body []byte) error {
	base := s.vision.URL
	if base == "" {
		var err error
		if base, err = s.vision.Locate(ctx); err != nil {
			return fmt.Errorf("address: %w", err)
		}
	}
	url := strings.TrimSuffix(base, "/") + "/api/v1/vision/results"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%w: %v", errRefused, err)
	}
	req.Header.Set("Content-Type", "application/json")
	if s.vision.Token != nil {
		token, err := s.vision.Token(ctx)
		if err != nil {
			return fmt.Errorf("token: %w", err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(res.Body, 512))
	switch {
	case res.StatusCode < 300:
		return nil
	case res.StatusCode >= 500, res.StatusCode == http.StatusTooManyRequests, res.StatusCode == http.StatusUnauthorized:
		return fmt.Errorf("answer %d", res.StatusCode)
	default:
		return fmt.Errorf("%w: %d %s", errRefused, res.StatusCode, text)
	}
}
