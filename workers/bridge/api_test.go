package bridge

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/steelthread/steelthread/devices"
)

// answering is an API that answers every request with one status and keeps the last body.
func answering(t *testing.T, status int) (*API, *map[string]any) {
	t.Helper()
	var last map[string]any
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer token" || r.URL.Path != "/api/v1/vision/results" {
			t.Errorf("request %s with %q", r.URL.Path, r.Header.Get("Authorization"))
		}
		last = nil
		if err := json.NewDecoder(r.Body).Decode(&last); err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	return NewAPI(server.URL, "token"), &last
}

// A nil error acknowledges the result to the camera, so only what is stored, or refused for good, may return one.
func TestAResultIsAcknowledgedOnlyWhenItIsStored(t *testing.T) {
	for status, acknowledged := range map[int]bool{201: true, 200: true, 400: true, 413: true, 422: true, 401: false, 403: false, 404: false,
		408: false, 429: false, 500: false, 502: false, 503: false, 529: false} {
		api, last := answering(t, status)
		r := Results{API: api, Log: slog.New(slog.DiscardHandler)}
		err := r.forward(context.Background(), devices.CameraResult{Camera: "CAM-30", Shot: "U1/30/1/bead/1/1", Lot: "U1", Step: "bead",
			Verdict: devices.Pass, Confidence: 0.951, Image: []byte{1, 2}})
		if (err == nil) != acknowledged {
			t.Errorf("status %d: %v, acknowledged should be %v", status, err, acknowledged)
		}
		if got := *last; got["key"] != "U1/30/1/bead/1/1" || got["confidence"] != 0.951 || got["image"] != "AQI=" {
			t.Errorf("sent %v", got)
		}
	}
}

func TestAnAPIThatIsAwayLeavesTheResultWithTheBroker(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	r := Results{API: NewAPI(server.URL, "token"), Log: slog.New(slog.DiscardHandler)}
	if err := r.forward(context.Background(), devices.CameraResult{Camera: "CAM-30", Shot: "s", Lot: "U1", Step: "bead"}); err == nil {
		t.Error("the result was acknowledged although nobody stored it")
	}
}

// An inference server's answer goes on as it came; what stands outside it goes into the address.
func TestAForeignAnswerGoesOnAsItCame(t *testing.T) {
	const payload = `{"inference_id":"i-1",  "predictions":[]}`
	var got, query string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.URL.Path != "/api/v1/vision/roboflow" {
			t.Errorf("request %s: %v", r.URL.Path, err)
		}
		got, query = string(body), r.URL.RawQuery
		w.WriteHeader(http.StatusCreated)
	}))
	defer server.Close()
	r := Results{API: NewAPI(server.URL, "token"), Log: slog.New(slog.DiscardHandler)}
	err := r.forward(context.Background(), devices.CameraResult{Camera: "CAM-30", Shot: "i-1", Lot: "U 1", Step: "bead", Foreign: []byte(payload)})
	if err != nil || got != payload || query != "camera=CAM-30&key=i-1&lot=U+1&step=bead&way=mqtt" {
		t.Errorf("sent %s?%s: %v", got, query, err)
	}
}
