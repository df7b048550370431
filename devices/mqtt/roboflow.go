package mqtt

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/mes"
)

// ProfileRoboflow is the profile of a camera behind an inference server that publishes its answers as they are. What the
// payload does not say may stand in the topic: the tag "result" names levels in braces, such as
// vision/cam-30/{lot}/{step}. Such a camera need not be triggered.
const ProfileRoboflow = "roboflow"

// filterOf is what the broker is asked for: a named level takes any text.
func filterOf(pattern string) string {
	levels := strings.Split(pattern, "/")
	for i, l := range levels {
		if named(l) != "" {
			levels[i] = "+"
		}
	}
	return strings.Join(levels, "/")
}

func named(level string) string {
	if strings.HasPrefix(level, "{") && strings.HasSuffix(level, "}") {
		return level[1 : len(level)-1]
	}
	return ""
}

// inTopic reads the named levels of a topic.
func inTopic(pattern, topic string) map[string]string {
	out, levels := map[string]string{}, strings.Split(topic, "/")
	for i, l := range strings.Split(pattern, "/") {
		if name := named(l); name != "" && i < len(levels) {
			out[name] = levels[i]
		}
	}
	return out
}

// decode reads a payload by the camera's profile.
func (d *Camera) decode(topic string, payload []byte) (devices.CameraResult, error) {
	if d.cfg.Profile.Name == ProfileRoboflow {
		return decodeRoboflow(d.cfg.ID, inTopic(d.cfg.Tags[TagResult], topic), payload)
	}
	return devices.DecodeResult(payload)
}

// decodeRoboflow makes sure that the payload is an answer, and finds what it is known by. The answer itself is read where
// it is stored.
func decodeRoboflow(camera string, said map[string]string, payload []byte) (devices.CameraResult, error) {
	cut, err := mes.CutPictures(payload, mes.MaxPicture)
	if err != nil {
		return devices.CameraResult{}, err
	}
	found, err := mes.ReadRoboflow(cut.Body)
	if err != nil {
		return devices.CameraResult{}, fmt.Errorf("read the inference server's answer: %w", err)
	}
	var beside struct {
		Key, Shot, Lot, Serial, Step, Operation string
	}
	_ = json.Unmarshal(cut.Body, &beside) // a list has nothing beside
	first := found[0].Result(mes.VisionResult{Key: cmp.Or(said["key"], said["shot"], beside.Key, beside.Shot)}, 0)
	r := devices.CameraResult{Camera: camera, Shot: first.Key, Lot: cmp.Or(said["lot"], beside.Lot, beside.Serial, first.Lot), Step: cmp.Or(said["step"], beside.Step, first.Step),
		Operation: cmp.Or(said["operation"], beside.Operation), Foreign: payload}
	if r.Shot == "" {
		sum := sha256.Sum256(payload)
		r.Shot = "made:" + hex.EncodeToString(sum[:16])
	}
	return r, nil
}
