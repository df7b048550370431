package runfile

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWrittenForItsOwnerAloneAndReadBack(t *testing.T) {
	dir := t.TempDir()
	if _, err := Read(dir); !Missing(err) {
		t.Fatalf("an empty folder answers %v", err)
	}
	want := Run{URL: "http://127.0.0.1:8080", Logins: []Login{{User: "op-114", Password: "secret", Role: "operator"}}, Tokens: map[string]string{"erp": "t"}, PIDs: map[string]int{"mes": 7}}
	for range 2 { // the second time replaces the first
		if err := want.Write(dir); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, Name))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v, %v", info.Mode(), err)
	}
	got, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if l, ok := got.Login("op-114"); !ok || l.Password != "secret" || got.PIDs["mes"] != 7 || got.Tokens["erp"] != "t" {
		t.Errorf("read back %+v", got)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("%d files are left, %v", len(files), err)
	}
}
