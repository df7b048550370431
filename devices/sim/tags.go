package sim

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"time"
)

// tag is one register of a machine.
type tag struct {
	name     string
	value    any
	at       time.Time
	writable bool
	// kept registers survive a restart, as a PLC's retentive memory does.
	kept bool
	// measured registers take bad quality when a test asks for it.
	measured bool
}

// tags lists a machine's registers with their values from the factory.
func (m model) tags() []tag {
	out := []tag{
		{name: "state", value: int32(4), kept: true}, {name: "state_name", value: "Idle"},
		{name: "mode", value: "Produce"}, {name: "control", value: int32(0), writable: true},
		{name: "program_set", value: m.program, writable: true, kept: true},
		{name: "program_actual", value: m.program, kept: true},
		{name: "command_seq", value: uint32(0), writable: true, kept: true},
		{name: "command_lot", value: "", writable: true, kept: true},
		{name: "ack_seq", value: uint32(0), kept: true}, {name: "ack_lot", value: "", kept: true},
		{name: "result_seq", value: uint32(0), kept: true}, {name: "result_lot", value: "", kept: true},
		{name: "result_ok", value: false, kept: true}, {name: "produced_count", value: uint32(0), kept: true},
		{name: "rejected_count", value: uint32(0), kept: true}, {name: "alarm", value: ""}, {name: "alarm_text", value: ""},
	}
	for _, p := range m.params {
		out = append(out, tag{name: p.name, value: p.init, writable: true, kept: true})
	}
	for _, v := range m.measures {
		out = append(out, tag{name: v.name, value: 0.0, kept: true, measured: true})
	}
	for _, v := range m.live {
		out = append(out, tag{name: v.name, value: v.rest})
	}
	return out
}

// memory is a machine's retentive memory, a file.
type memory struct{ path string }

type cell struct {
	Value json.RawMessage `json:"value"`
	At    time.Time       `json:"at"`
}

// load fills the kept registers from the file. No file means a machine fresh from the factory.
func (m memory) load(tags map[string]*tag) error {
	b, err := os.ReadFile(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var cells map[string]cell
	if err := json.Unmarshal(b, &cells); err != nil {
		return err
	}
	for name, c := range cells {
		t := tags[name]
		if t == nil || !t.kept {
			continue
		}
		v := reflect.New(reflect.TypeOf(t.value))
		if err := json.Unmarshal(c.Value, v.Interface()); err != nil {
			return err
		}
		t.value, t.at = v.Elem().Interface(), c.At
	}
	return nil
}

// save writes the kept registers through a temporary file, so that a kill leaves the old or the new memory, never half.
func (m memory) save(tags map[string]*tag) error {
	cells := map[string]cell{}
	for name, t := range tags {
		if !t.kept {
			continue
		}
		v, err := json.Marshal(t.value)
		if err != nil {
			return err
		}
		cells[name] = cell{v, t.at}
	}
	b, err := json.Marshal(cells)
	if err != nil {
		return err
	}
	return writeFile(m.path, b)
}

func writeFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".tmp-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
