package backup

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/steelthread/steelthread/mes"
)

// entry is one entry of a tar file.
type entry struct {
	name, body string
	kind       byte
}

var cluster = []entry{{"backup_label", "START WAL LOCATION: 0/2000028", tar.TypeReg}, {"base", "", tar.TypeDir}, {"base/1", "", tar.TypeDir}, {"base/1/1259", strings.Repeat("row", 40_000), tar.TypeReg},
	{"pg_notify", "", tar.TypeDir}, {"log", "", tar.TypeDir}, {"log/postgresql-Mon.log", "diary", tar.TypeReg}, {"PG_VERSION", "15\n", tar.TypeReg}}

// stream is a tar file as PostgreSQL sends it, without an end.
func stream(t *testing.T, entries []entry) io.Reader {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Typeflag: e.kind, Size: int64(len(e.body)), Mode: 0o600}
		if e.kind == tar.TypeSymlink {
			h.Linkname, h.Size = e.body, 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if e.kind == tar.TypeReg {
			_, _ = w.Write([]byte(e.body)) // a bytes.Buffer takes everything
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return &b
}

func manifest() *Manifest {
	at := time.Date(2026, 11, 26, 20, 0, 0, 0, time.UTC)
	return &Manifest{MESVersion: "test", Major: 15, Postgres: "15.18", SystemID: "7", WALStart: "0/2000028", WALEnd: "0/2000138", BeganAt: at, EndedAt: at.Add(time.Second),
		Tally: mes.Tally{Orders: 3, AuditRows: 12}}
}

// made is a good archive.
func made(t *testing.T) Written {
	t.Helper()
	w, err := Create(filepath.Join(t.TempDir(), "b.tar.zst"))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.AddTree(stream(t, cluster), func(n string) bool { return strings.HasPrefix(n, "log/") }, func(int64) {}); err != nil {
		t.Fatal(err)
	}
	out, err := w.Commit(manifest())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhatIsBackedUpComesBack(t *testing.T) {
	b := made(t)
	c, err := Check(b.Path, "")
	if err != nil {
		t.Fatal(err)
	}
	if c.SHA256 != b.SHA256 || c.Size != b.Size || c.Tally.Orders != 3 || len(c.Files) != 3 {
		t.Errorf("checked %+v, written %+v", c, b)
	}
	dir := filepath.Join(t.TempDir(), "new", "data")
	called := false
	if err := Extract(c, dir, func() error { called = true; return nil }); err != nil || !called {
		t.Fatal(err, called)
	}
	for _, e := range cluster {
		place := filepath.Join(dir, DataFolder, e.name)
		info, err := os.Stat(place)
		switch {
		case strings.HasPrefix(e.name, "log/"):
			if err == nil {
				t.Errorf("%s came along", e.name)
			}
			continue
		case err != nil:
			t.Error(err)
			continue
		case info.IsDir() != (e.kind == tar.TypeDir) || info.Mode().Perm()&0o077 != 0:
			t.Errorf("%s has mode %v", e.name, info.Mode())
		}
		if text, err := os.ReadFile(place); e.kind == tar.TypeReg && (err != nil || string(text) != e.body) {
			t.Errorf("%s reads %.20q, %v", e.name, text, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(b.Path), ".mes-backup-*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestAnExistingFileIsNeverWrittenOver(t *testing.T) {
	b := made(t)
	if _, err := Create(b.Path); err == nil || !strings.Contains(err.Error(), "exists") {
		t.Errorf("a second backup to the same name: %v", err)
	}
	w, err := Create(b.Path + "2")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(b.Path+"2", []byte("somebody's"), 0o600); err != nil { // appears meanwhile
		t.Fatal(err)
	}
	if _, err := w.Commit(manifest()); err == nil {
		t.Error("a file that appeared meanwhile was written over")
	}
	if text, _ := os.ReadFile(b.Path + "2"); string(text) != "somebody's" {
		t.Errorf("it reads %.20q", text)
	}
}

// TestAFullDiskLeavesNothing ends the stream in the middle, as a failed write does.
func TestAFullDiskLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(filepath.Join(dir, "b.tar.zst"))
	if err != nil {
		t.Fatal(err)
	}
	w.file.Close() // every write fails from here
	err = w.AddTree(stream(t, cluster), func(string) bool { return false }, func(int64) {})
	if err == nil {
		_, err = w.Commit(manifest())
	} else {
		_ = w.Abort() // reports the closed file
	}
	if err == nil || !strings.Contains(err.Error(), "write the backup") {
		t.Errorf("the failure reads %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

// forge writes an archive that holds just these entries, with a sum that fits.
func forge(t *testing.T, entries []entry) string {
	t.Helper()
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(stream(t, entries))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(append(raw, make([]byte, 1024)...)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	place := filepath.Join(t.TempDir(), "forged.tar.zst")
	sum := sha256.Sum256(b.Bytes())
	if err := errors.Join(os.WriteFile(place, b.Bytes(), 0o600), os.WriteFile(place+".sha256", []byte(hex.EncodeToString(sum[:])+"  forged\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	return place
}

// good are the entries of a good archive; its manifest is the last.
func good(t *testing.T) []entry {
	t.Helper()
	var out []entry
	z, err := zstd.NewReader(mustOpen(t, made(t).Path))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		body, rerr := io.ReadAll(r)
		if err != nil || rerr != nil {
			t.Fatal(err, rerr)
		}
		out = append(out, entry{h.Name, string(body), h.Typeflag})
	}
}

func mustOpen(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// edited changes the manifest, the last entry.
func edited(t *testing.T, es []entry, change func(map[string]any)) []entry {
	t.Helper()
	var m map[string]any
	last := &es[len(es)-1]
	if err := json.Unmarshal([]byte(last.body), &m); err != nil {
		t.Fatal(err)
	}
	change(m)
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	last.body = string(text)
	return es
}

// inserted puts an entry before the manifest.
func inserted(es []entry, e entry) []entry {
	return append(append(es[:len(es)-1:len(es)-1], e), es[len(es)-1])
}

func TestForgedArchivesAreRefused(t *testing.T) {
	if place := forge(t, good(t)); !checks(t, place) {
		t.Fatal("the forger's own copy must be good, or the rest proves nothing")
	}
	cases := map[string]struct {
		forge func(*testing.T, []entry) []entry
		want  string
	}{
		"an extra file":   {func(_ *testing.T, es []entry) []entry { return inserted(es, entry{"postgres/evil", "x", tar.TypeReg}) }, "not in its manifest"},
		"a missing file":  {func(_ *testing.T, es []entry) []entry { return append(es[:1:1], es[2:]...) }, "manifest"},
		"another content": {func(_ *testing.T, es []entry) []entry { es[1].body = "START WAL LOCATION: 0/3000028"; return es }, "not what its manifest says"},
		"a file twice":    {func(_ *testing.T, es []entry) []entry { return inserted(es, es[1]) }, "twice"},
		"a way up": {func(_ *testing.T, es []entry) []entry {
			return inserted(es, entry{"postgres/../../etc/passwd", "x", tar.TypeReg})
		}, "no backup does"},
		"an absolute name": {func(_ *testing.T, es []entry) []entry { return inserted(es, entry{"/etc/passwd", "x", tar.TypeReg}) }, "no backup does"},
		"beside the data": {func(_ *testing.T, es []entry) []entry {
			return inserted(es, entry{"secrets/postgres.json", "{}", tar.TypeReg})
		}, "no backup does"},
		"a symbolic link": {func(_ *testing.T, es []entry) []entry {
			return inserted(es, entry{"postgres/pg_tblspc", "/etc", tar.TypeSymlink})
		}, "neither a file nor a folder"},
		"after the manifest": {func(_ *testing.T, es []entry) []entry { return append(es, entry{"postgres/late", "x", tar.TypeReg}) }, "follows its manifest"},
		"without a manifest": {func(_ *testing.T, es []entry) []entry { return es[:len(es)-1] }, "without its manifest"},
		"a manifest's sum": {func(t *testing.T, es []entry) []entry {
			return edited(t, es, func(m map[string]any) { m["files"].([]any)[0].(map[string]any)["sha256"] = "00" })
		}, "not what its manifest says"},
		"a manifest's format": {func(t *testing.T, es []entry) []entry {
			return edited(t, es, func(m map[string]any) { m["format"] = 9 })
		}, "format 9"},
		"no manifest at all": {func(_ *testing.T, es []entry) []entry { es[len(es)-1].body = "{"; return es }, "can't be read"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Check(forge(t, c.forge(t, good(t))), "")
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "Nothing was written") {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func checks(t *testing.T, place string) bool {
	t.Helper()
	_, err := Check(place, "")
	return err == nil
}

func TestDamagedArchivesAreRefused(t *testing.T) {
	b := made(t)
	whole, err := os.ReadFile(b.Path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/3] ^= 4
	for name, text := range map[string][]byte{"flipped": flipped, "cut off": whole[:len(whole)-1], "longer": append(bytes.Clone(whole), 0), "empty": nil} {
		if err := os.WriteFile(b.Path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Check(b.Path, ""); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := errors.Join(os.WriteFile(b.Path, whole, 0o600), os.Remove(b.Path+".sha256")); err != nil {
		t.Fatal(err)
	}
	if _, err := Check(b.Path, ""); err == nil || !strings.Contains(err.Error(), "--sha256") {
		t.Errorf("without a sum: %v", err)
	}
	if _, err := Check(b.Path, strings.ToUpper(b.SHA256)); err != nil {
		t.Errorf("with the sum by hand: %v", err)
	}
}

func TestOnlyAnEmptyFolderIsRestoredInto(t *testing.T) {
	b := made(t)
	c, err := Check(b.Path, "")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Extract(c, dir, func() error { return nil }); err == nil || !strings.Contains(err.Error(), "empty folder") {
		t.Errorf("a folder with a file: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("the folder holds %v", left)
	}
}

func TestAFailedRestoreLeavesNothing(t *testing.T) {
	b := made(t)
	c, err := Check(b.Path, "")
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("no space left on device")
	dir := filepath.Join(t.TempDir(), "data")
	err = Extract(c, dir, func() error {
		return errors.Join(Keys{"secrets/postgres.json": []byte("{}")}.Write(dir), os.WriteFile(filepath.Join(dir, Marker), nil, 0o600), full)
	})
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		left, _ := os.ReadDir(dir)
		t.Errorf("left over: %v", left)
	}
}

func TestKeysAreKeptApartAndEncrypted(t *testing.T) {
	data := t.TempDir()
	files := Keys{"secrets/postgres.json": []byte(`{"mes":"hunter2-hunter2"}`), "keys/audit.key": []byte("PRIVATE")}
	if err := files.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "run.json"), []byte("tokens"), 0o600); err != nil {
		t.Fatal(err)
	}
	place := filepath.Join(t.TempDir(), "keys.age")
	if _, err := WriteKeys(data, place, "short"); err == nil {
		t.Error("a short passphrase was taken")
	}
	names, err := WriteKeys(data, place, "correct horse battery")
	if err != nil || strings.Join(names, " ") != "keys/audit.key secrets/postgres.json" {
		t.Fatal(names, err)
	}
	sealed, err := os.ReadFile(place)
	if err != nil || bytes.Contains(sealed, []byte("hunter2")) || bytes.Contains(sealed, []byte("audit.key")) || !bytes.HasPrefix(sealed, []byte("age-encryption.org/v1")) {
		t.Errorf("the file is not sealed: %v %.40q", err, sealed)
	}
	if _, err := WriteKeys(data, place, "correct horse battery"); err == nil {
		t.Error("an existing file was written over")
	}
	if _, err := ReadKeys(place, "wrong horse battery"); err == nil || !strings.Contains(err.Error(), "passphrase") {
		t.Errorf("a wrong passphrase: %v", err)
	}
	k, err := ReadKeys(place, "correct horse battery")
	if err != nil || len(k) != 2 || string(k["keys/audit.key"]) != "PRIVATE" {
		t.Errorf("%v, %v", k, err)
	}
	for _, name := range []string{"../keys/x", "keys", "/keys/x", "run.json", "keys/../run.json"} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		if err := errors.Join(w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o600}), w.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := unpackKeys(&b); err == nil {
			t.Errorf("an entry named %s was taken", name)
		}
	}
}
