package api

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

// apiKey sends the token as inference servers do.
func (h *house) apiKey(role mes.Role, path string, body any) *reply {
	h.t.Helper()
	return h.do(call{method: "POST", path: path, body: body, header: map[string]string{headerAPIKey: tokenOf(role)}})
}

func visionEvent(t *testing.T, change ...func(map[string]any)) map[string]any {
	t.Helper()
	m := map[string]any{"inference_timestamp": "2026-11-02T08:00:00.123456+00:00", "solution": "beads", "event_schema": "quality_check",
		"event_data":      map[string]any{"result": "fail", "externalId": "L1"},
		"custom_metadata": map[string]any{"camera": "CAM-30", "step": "30-4", "key": "k1"}, "displayImagePosition": 0,
		"images": []map[string]any{{"base64Image": picture(t, "png"), "inputBase64Image": picture(t, "jpeg"), "label": "workflow",
			"objectDetections": []map[string]any{{"class": "gap", "x": 1, "y": 2, "width": 3, "height": 1, "confidence": 0.9}}}}}
	for _, f := range change {
		f(m)
	}
	return m
}

// What an unmodified block of an inference server sends is taken as it is, and answered as the block expects.
func TestAnInferenceServerLeavesItsEvents(t *testing.T) {
	h := newHouse(t)
	var got struct{ ID string }
	h.apiKey(mes.RoleVision, "/v2/events", visionEvent(t)).wants(201).into(&got)
	v := h.vision.results[0]
	if got.ID == "" || v.Camera != "CAM-30" || v.Lot != "L1" || v.Step != "30-4" || v.Verdict != mes.ResultFail || v.ImageType != "image/jpeg" || v.Picture != (mes.Picture{Width: 4, Height: 4}) ||
		len(v.Predictions) != 1 || v.Way != mes.WayEvents || v.Source != "vision" || v.Site != "HAM" || !json.Valid(v.Body) {
		t.Errorf("stored %+v", v)
	}
	h.apiKey(mes.RoleVision, "/v2/events", visionEvent(t)).wants(201) // the block takes anything else as a failure
	if len(h.vision.results) != 1 {
		t.Error("a repetition was stored")
	}
	h.do(call{method: "POST", path: "/v2/events", role: mes.RoleVision, body: visionEvent(t)}).wants(201)
}

func TestWhoMayLeaveEvents(t *testing.T) {
	h := newHouse(t)
	h.do(call{method: "POST", path: "/v2/events", body: visionEvent(t)}).refused(401, mes.CodeUnauthorized)
	h.do(call{method: "POST", path: "/v2/events", body: visionEvent(t), header: map[string]string{headerAPIKey: "guess"}}).refused(401, mes.CodeUnauthorized)
	h.apiKey(mes.RoleERP, "/v2/events", visionEvent(t)).refused(403, mes.CodeForbidden)
	other := visionEvent(t, func(m map[string]any) { m["custom_metadata"] = map[string]any{"camera": "CAM-99"} })
	h.apiKey(mes.RoleVision, "/v2/events", other).refused(403, mes.CodeForbidden)
	// The header opens this door and no other.
	h.do(call{method: "POST", path: "~/vision/results", body: verdict(), header: map[string]string{headerAPIKey: tokenOf(mes.RoleVision)}}).refused(401, mes.CodeUnauthorized)
	if len(h.vision.results) != 0 {
		t.Errorf("stored %+v", h.vision.results)
	}
}

func TestEventsThatAreRefusedNameTheirFields(t *testing.T) {
	for name, c := range map[string]struct {
		body  any
		field string
	}{
		"unknown kind":      {visionEvent(t, func(m map[string]any) { m["event_schema"] = "party" }), "body.event_schema"},
		"no camera":         {map[string]any{"event_schema": "custom", "event_data": map[string]any{}}, "body.camera"},
		"picture of text":   {visionEvent(t, func(m map[string]any) { m["images"] = []any{map[string]any{"base64Image": "aGVsbG8="}} }), "body.image"},
		"no JSON":           {"{", "body.body"},
		"a list of nothing": {"[]", "body.body"},
	} {
		h := newHouse(t)
		h.apiKey(mes.RoleVision, "/v2/events", c.body).refused(422, mes.CodeUnprocessable, c.field)
		if len(h.vision.results) != 0 {
			t.Errorf("%s: stored", name)
		}
	}
}

func TestABatchIsTakenWholeOrNot(t *testing.T) {
	h := newHouse(t)
	second := visionEvent(t, func(m map[string]any) {
		m["custom_metadata"] = map[string]any{"camera": "CAM-30", "key": "k2"}
		m["event_schema"], m["event_data"] = "inventory_count", map[string]any{"itemCount": 4, "itemType": "screw"}
	})
	var got EventBatch
	h.apiKey(mes.RoleVision, "/v2/events/batch", map[string]any{"events": []any{visionEvent(t), second}}).wants(201).into(&got)
	if got.Created != 2 || len(got.EventIDs) != 2 || h.vision.results[1].Kind != mes.VisionCount || h.vision.results[1].Code != "screw" {
		t.Errorf("%+v %+v", got, h.vision.results)
	}
	h.apiKey(mes.RoleVision, "/v2/events/batch", map[string]any{"events": []any{visionEvent(t, func(m map[string]any) { m["custom_metadata"] = map[string]any{"camera": "CAM-30", "key": "k3"} }), map[string]any{}}}).
		refused(422, mes.CodeUnprocessable, "body.events[1].event_schema")
	h.apiKey(mes.RoleVision, "/v2/events/batch", map[string]any{"events": []any{}}).refused(422, mes.CodeUnprocessable, "body.events")
	if len(h.vision.results) != 2 {
		t.Errorf("half a batch was stored: %d", len(h.vision.results))
	}
}

func TestRoboflowBodiesAsTheyAre(t *testing.T) {
	h := newHouse(t)
	body := `{"inference_id":"i-1","image":{"width":640,"height":480},"predictions":[{"x":1,"y":2,"width":3,"height":4,"confidence":0.9,"class":"gap","unknown":true}]}`
	var got RoboflowReceipts
	at := "~/vision/roboflow?camera=CAM-30&lot=L1&step=30-4&model=bead-seg/7"
	h.post(mes.RoleVision, at, body).wants(201).into(&got)
	v := h.vision.results[0]
	if len(got.Receipts) != 1 || v.Key != "i-1" || v.Lot != "L1" || v.Verdict != "" || v.Model != "bead-seg/7" || v.Picture.Width != 640 || string(v.Body) != body || v.Way != mes.WayRoboflow {
		t.Errorf("%+v %+v", got, v)
	}
	h.post(mes.RoleVision, at, body).wants(200)
	workflow := `{"outputs":[{"verdict":"pass","photo":{"type":"base64","value":"` + picture(t, "png") + `"},"out":{"image":{"width":4,"height":4},"predictions":[]}},{"out":{"predictions":[]}}]}`
	h.post(mes.RoleVision, at+"&key=w1", workflow).wants(201).into(&got)
	if len(got.Receipts) != 2 || h.vision.results[1].Verdict != mes.ResultPass || h.vision.results[1].ImageType != "image/png" || h.vision.results[2].Key != "w1#2" {
		t.Errorf("%+v %+v", got, h.vision.results[1:])
	}
	h.post(mes.RoleVision, at, `{"hello":1}`).refused(422, mes.CodeUnprocessable, "body.body")
	h.post(mes.RoleVision, at+"&key=own", `{"serial":"L1","result":"NOK","line":3}`).wants(201) // a webhook in a shape of its own
	if last := h.vision.results[len(h.vision.results)-1]; last.Verdict != mes.ResultFail || !strings.Contains(string(last.Measured), `"line":3`) {
		t.Errorf("%+v", last)
	}
	h.post(mes.RoleVision, at, `[]`).refused(422, mes.CodeUnprocessable, "body.body")
	h.post(mes.RoleVision, "~/vision/roboflow?lot=L1", body).refused(422, mes.CodeUnprocessable, "query.camera")
	h.post(mes.RoleOperator, at, body).refused(403, mes.CodeForbidden)
}

// More than the bound is refused before it is read: 529 where inference servers know it, 429 elsewhere, with the time to wait.
func TestTooMuchAtOnceIsRefusedAndNotLost(t *testing.T) {
	h := newHouse(t)
	if !h.intake.TryAcquire(h.Limits.Intake) {
		t.Fatal("the intake is not empty")
	}
	busy := h.apiKey(mes.RoleVision, "/v2/events", visionEvent(t)).wants(529)
	if busy.header.Get("Retry-After") == "" || !strings.Contains(string(busy.body), `"detail"`) {
		t.Errorf("%v %s", busy.header, busy.body)
	}
	if h.post(mes.RoleVision, "~/vision/results", verdict()).wants(429).header.Get("Retry-After") == "" {
		t.Error("nobody says when to come again")
	}
	h.intake.Release(h.Limits.Intake)
	h.apiKey(mes.RoleVision, "/v2/events", visionEvent(t)).wants(201)
	if !h.intake.TryAcquire(h.Limits.Intake) {
		t.Error("a request that is over still counts")
	}
}

func TestSettlingACamera(t *testing.T) {
	h := newHouse(t)
	h.get(mes.RoleOperator, "~/vision/cameras").wants(200)
	var got mes.VisionCamera
	h.do(call{method: "PUT", path: "~/vision/cameras/CAM-30", role: mes.RoleQuality, body: map[string]any{"keep_pictures": false, "safety": true, "version": 0, "reason": "People walk there."}}).wants(200).into(&got)
	if got.Version != 1 || got.Keep == nil || *got.Keep || !got.Safety {
		t.Errorf("%+v", got)
	}
	h.do(call{method: "PUT", path: "~/vision/cameras/CAM-30", role: mes.RoleOperator, body: map[string]any{"safety": true, "version": 0, "reason": "x"}}).refused(403, mes.CodeForbidden)
	h.do(call{method: "PUT", path: "~/vision/cameras/CAM-30", role: mes.RoleQuality, body: map[string]any{"safety": true, "version": 0, "reason": ""}}).refused(422, mes.CodeUnprocessable, "body.reason")
}
