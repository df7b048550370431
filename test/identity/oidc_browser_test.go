package identity

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/test/plant"
	"github.com/steelthread/steelthread/web"
)

// TestProviderInABrowser clicks the whole code flow through in Chromium: our button, the provider's own forms, our screen.
func TestProviderInABrowser(t *testing.T) {
	node, chromium := plant.Peer(t, "node"), plant.Peer(t, "chromium")
	if !web.Built() {
		if plant.InCI() {
			t.Fatal("the screens are not built: run make web")
		}
		t.Skip("the screens are not built: run make web")
	}
	h, idp := withOIDC(t, database(t), "userinfo", func(d *api.Deps) { d.Web = web.Handler() })
	idp.set(map[string]claims{"42": {"name": "Ida Iversen", "preferred_username": "ida", "roles": []string{"quality-dept"}},
		"43": {"name": "Rob", "preferred_username": "rob", "roles": []string{"choir"}}})
	told, err := json.Marshal(map[string]string{"url": h.url, "issuer": idp.issuer, "chromium": chromium, "person": "ida",
		"artifacts": filepath.Join(plant.Root(), "test", "artifacts", "provider")})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, filepath.Join("e2e", "provider.mjs"))
	cmd.Dir, cmd.Stdin = filepath.Join(plant.Root(), "web"), bytes.NewReader(told)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("the walk ended with %v\n%s", err, complaint.String())
	}
	parts := 0
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); parts++ {
		var f struct {
			Name, Detail string
			OK           bool
		}
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			t.Errorf("the walk told %q", lines.Text())
		} else if !f.OK {
			t.Errorf("%s: %s", f.Name, f.Detail)
		}
	}
	if parts != 2 {
		t.Errorf("the walk told %d findings, want 2", parts)
	}
	if n := h.audited("signed_in", "ida"); n != 1 {
		t.Errorf("%d rows tell of the sign-in", n)
	}
}
