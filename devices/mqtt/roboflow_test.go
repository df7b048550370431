package mqtt

import (
	"strings"
	"testing"

	"github.com/steelthread/steelthread/devices"
)

func TestNamedLevelsOfATopic(t *testing.T) {
	const pattern = "vision/cam-30/{lot}/result/{step}"
	if got := filterOf(pattern); got != "vision/cam-30/+/result/+" {
		t.Errorf("the broker is asked for %s", got)
	}
	if got := inTopic(pattern, "vision/cam-30/U-7/result/bead"); got["lot"] != "U-7" || got["step"] != "bead" || len(got) != 2 {
		t.Errorf("read %v", got)
	}
	if got := inTopic(pattern, "vision"); len(got) != 0 {
		t.Errorf("read %v", got)
	}
	if got := filterOf("plain/topic"); got != "plain/topic" {
		t.Errorf("the broker is asked for %s", got)
	}
}

func TestAnInferenceServersPayload(t *testing.T) {
	topic := map[string]string{"lot": "U-7", "step": "bead"}
	for name, c := range map[string]struct {
		payload string
		said    map[string]string
		want    devices.CameraResult
	}{
		"by its inference":    {`{"inference_id":"i-1","predictions":[]}`, topic, devices.CameraResult{Shot: "i-1", Lot: "U-7", Step: "bead"}},
		"by its detection":    {`{"predictions":[{"class":"gap","confidence":0.9,"detection_id":"d-1"}]}`, topic, devices.CameraResult{Shot: "d-1", Lot: "U-7", Step: "bead"}},
		"lot in the payload":  {`{"key":"k","serial":"U-8","step":"s","operation":"30","predictions":[]}`, nil, devices.CameraResult{Shot: "k", Lot: "U-8", Step: "s", Operation: "30"}},
		"lot in the workflow": {`{"outputs":[{"lot":"U-9","out":{"inference_id":"i-2","predictions":[]}}]}`, nil, devices.CameraResult{Shot: "i-2", Lot: "U-9"}},
	} {
		got, err := decodeRoboflow("CAM", c.said, []byte(c.payload))
		if err != nil || got.Camera != "CAM" || got.Shot != c.want.Shot || got.Lot != c.want.Lot || got.Step != c.want.Step || got.Operation != c.want.Operation || string(got.Foreign) != c.payload {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	made, err := decodeRoboflow("CAM", nil, []byte(`{"predictions":[]}`))
	other, _ := decodeRoboflow("CAM", nil, []byte(`{"predictions":[] }`))
	if err != nil || !strings.HasPrefix(made.Shot, "made:") || made.Shot == other.Shot {
		t.Errorf("made keys %q and %q: %v", made.Shot, other.Shot, err)
	}
	for _, bad := range []string{"", "{nonsense", `{"hello":1}`} {
		if _, err := decodeRoboflow("CAM", nil, []byte(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
