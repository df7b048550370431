package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
)

// A simulated plant and a `mes` are two parties that may start in either order and outlive each other. They agree by two
// files in the plant's folder: partners.json names the MQTT broker's port and login and is written by whoever comes
// first; api.json tells where results are posted and is written by each `mes` once it serves.

const (
	partnersFile = "partners.json"
	apiFile      = "api.json"
)

type partners struct {
	MQTT mqttLogin `json:"mqtt"`
}

type mqttLogin struct {
	URL      string `json:"url"`
	User     string `json:"user"`
	Password string `json:"password"`
}

// port is the broker's port.
func (m mqttLogin) port() int {
	_, port, err := net.SplitHostPort(m.URL[len("mqtt://"):])
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(port)
	return n
}

type apiAddress struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

// agree reads the plant's partners, or makes them.
func agree(dir string) (partners, error) {
	var p partners
	err := readJSON(filepath.Join(dir, partnersFile), &p)
	if err == nil && len(p.MQTT.URL) > len("mqtt://") {
		return p, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return p, err
	}
	return propose(dir)
}

// propose chooses a free port for the broker and a login for the cameras.
func propose(dir string) (partners, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return partners{}, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return partners{}, fmt.Errorf("find a port for the broker: %w", err)
	}
	p := partners{MQTT: mqttLogin{URL: "mqtt://" + l.Addr().String(), User: "cameras", Password: rand.Text()}}
	if err := l.Close(); err != nil {
		return partners{}, err
	}
	return p, writeJSON(filepath.Join(dir, partnersFile), p)
}

// announce tells the plant where the API is.
func announce(dir string, a apiAddress) error { return writeJSON(filepath.Join(dir, apiFile), a) }

// whereAPI reads what announce wrote; the plant asks for each result.
func whereAPI(dir string) (apiAddress, error) {
	var a apiAddress
	return a, readJSON(filepath.Join(dir, apiFile), &a)
}

func locate(dir string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		a, err := whereAPI(dir)
		return a.URL, err
	}
}

func token(dir string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		a, err := whereAPI(dir)
		return a.Token, err
	}
}

func readJSON(path string, v any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

// writeJSON replaces a file of secrets in one step.
func writeJSON(path string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // created with mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
