package plant

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Mosquitto is the plant's own broker under test: it remembers nothing over its death.
type Mosquitto struct {
	URL             string
	program, folder string
	process         *Process
}

// StartMosquitto starts a mosquitto for a test and ends it afterwards.
func StartMosquitto(t testing.TB) *Mosquitto {
	t.Helper()
	b := &Mosquitto{program: Peer(t, "mosquitto"), folder: t.TempDir()}
	port, err := FreePort()
	OK(t, err)
	b.URL = fmt.Sprintf("mqtt://127.0.0.1:%d", port)
	config := fmt.Sprintf("listener %d 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n", port)
	OK(t, os.WriteFile(filepath.Join(b.folder, "mosquitto.conf"), []byte(config), 0o644))
	OK(t, b.Start(t.Context()))
	t.Cleanup(func() { _ = b.Kill(context.Background()) })
	return b
}

// Start brings it up, on the same port as before.
func (b *Mosquitto) Start(context.Context) (err error) {
	b.process, err = Run("mosquitto", filepath.Join(b.folder, "mosquitto.log"), b.program, nil, "-c", filepath.Join(b.folder, "mosquitto.conf"))
	return err
}

// Kill ends it as a power cut does.
func (b *Mosquitto) Kill(context.Context) error {
	b.process.Kill()
	return nil
}
