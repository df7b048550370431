package backup

import (
	"archive/tar"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// maxManifest bounds what is kept in memory of an archive: a manifest of half a million files.
const maxManifest = 128 << 20

// Checked is an archive that was found in order.
type Checked struct {
	Manifest
	Path   string
	Size   int64
	SHA256 string
	// Sealed tells that it is encrypted; by are the keys that opened it.
	Sealed bool
	by     []age.Identity
}

// Check judges an archive from its first byte to its last and writes nothing. want is the sum of the whole where the
// caller knows it (the audit trail keeps it); empty means the one in FILE.sha256. An encrypted archive is opened with one
// of the keys.
func Check(place, want string, by ...age.Identity) (Checked, error) {
	c, err := check(place, want, by)
	if err != nil {
		return c, fmt.Errorf("%s can't be trusted: %w. Nothing was written. Take another copy of this backup, or an older one", place, err)
	}
	return c, nil
}

func check(place, want string, by []age.Identity) (Checked, error) {
	out := Checked{Path: place, by: by}
	var err error
	if want == "" {
		if want, err = readSum(place); err != nil {
			return out, err
		}
	}
	if out.SHA256, out.Size, err = hashOf(place); err != nil {
		return out, err
	}
	if !strings.EqualFold(out.SHA256, want) {
		return out, fmt.Errorf("its SHA-256 is %s, %s was written down when it was made: it is damaged or was changed", out.SHA256, want)
	}
	if out.Sealed, err = Sealed(place); err != nil {
		return out, err
	}
	out.Manifest, err = walk(place, by, func(File, io.Reader) error { return nil }, nil)
	return out, err
}

// readSum reads the first word of FILE.sha256.
func readSum(place string) (string, error) {
	text, err := os.ReadFile(sumFile(place))
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s is not there, so nobody knows what it must be; the audit trail of the plant that made it has the sum too (action backed_up), give it with --sha256", sumFile(place))
	}
	if err != nil {
		return "", err
	}
	word, _, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	if b, err := hex.DecodeString(word); err != nil || len(b) != sha256.Size {
		return "", fmt.Errorf("%s holds no SHA-256", sumFile(place))
	}
	return word, nil
}

func hashOf(place string) (sum string, size int64, err error) {
	f, err := os.Open(place)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, err
}

// intro begins every file that age has encrypted.
const intro = "age-encryption.org/v1\n"

// Sealed tells whether an archive is encrypted.
func Sealed(place string) (bool, error) {
	f, err := os.Open(place)
	if err != nil {
		return false, err
	}
	defer f.Close()
	begin := make([]byte, len(intro))
	n, err := io.ReadFull(f, begin)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return false, err
	}
	return string(begin[:n]) == intro, nil
}

// opened decrypts what is encrypted.
func opened(r *bufio.Reader, by []age.Identity) (io.Reader, error) {
	if begin, err := r.Peek(len(intro)); err != nil || string(begin) != intro {
		return r, nil //nolint:nilerr // a file that short is no archive, which its reader says
	}
	if len(by) == 0 {
		return nil, errors.New("it is encrypted, and no passphrase or identity was given")
	}
	plain, err := age.Decrypt(r, by...)
	if err != nil {
		return nil, fmt.Errorf("it does not open with this passphrase or identity: %w", err)
	}
	return bufio.NewReaderSize(plain, 1<<20), nil
}

// walk reads an archive entry by entry, gives each file to take, and compares what it saw with the manifest at the end.
// folders hears of each folder, where it is set.
func walk(place string, by []age.Identity, take func(File, io.Reader) error, folders func(name string) error) (Manifest, error) {
	f, err := os.Open(place)
	if err != nil {
		return Manifest{}, err
	}
	defer f.Close()
	plain, err := opened(bufio.NewReaderSize(f, 1<<20), by)
	if err != nil {
		return Manifest{}, err
	}
	z, err := zstd.NewReader(plain, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
	if err != nil {
		return Manifest{}, err
	}
	defer z.Close()
	s := &seen{take: take, folders: folders, names: map[string]bool{}}
	if err := s.entries(tar.NewReader(z)); err != nil {
		return Manifest{}, err
	}
	if n, err := io.Copy(io.Discard, z); err != nil || n > 64<<10 { // the tar ends in a few empty blocks
		return Manifest{}, errors.Join(fmt.Errorf("%d bytes follow its end", n), err)
	}
	return s.manifest, s.compare()
}

// seen is what an archive really holds.
type seen struct {
	take     func(File, io.Reader) error
	folders  func(string) error
	names    map[string]bool
	files    []File
	dirs     []string
	manifest Manifest
	ended    bool
}

func (s *seen) entries(t *tar.Reader) error {
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) && s.ended {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return errors.New("it ends without its manifest: it is cut off")
		}
		if err != nil {
			return fmt.Errorf("it can't be read: %w", err)
		}
		if s.ended {
			return fmt.Errorf("%q follows its manifest", h.Name)
		}
		if err := s.entry(h, t); err != nil {
			return err
		}
	}
}

func (s *seen) entry(h *tar.Header, r io.Reader) error {
	if h.Name == manifestName && h.Typeflag == tar.TypeReg {
		return s.readManifest(h, r)
	}
	name := strings.TrimSuffix(h.Name, "/")
	if err := safe(name); err != nil {
		return err
	}
	if s.names[name] {
		return fmt.Errorf("it holds %s twice", name)
	}
	s.names[name] = true
	switch h.Typeflag {
	case tar.TypeDir:
		return s.folder(name)
	case tar.TypeReg:
		return s.file(name, h, r)
	}
	return fmt.Errorf("%s is neither a file nor a folder", name)
}

func (s *seen) folder(name string) error {
	if !s.names[path.Dir(name)] && name != DataFolder {
		return fmt.Errorf("%s comes before its folder", name)
	}
	if name != DataFolder {
		s.dirs = append(s.dirs, name)
	}
	if s.folders == nil {
		return nil
	}
	return s.folders(name)
}

// file hashes a file while it is taken.
func (s *seen) file(name string, h *tar.Header, r io.Reader) error {
	if h.Size < 0 {
		return fmt.Errorf("%s has no size", name)
	}
	f := File{Name: name, Size: h.Size, Mode: uint32(h.Mode & 0o700)}
	sum := sha256.New()
	in := io.TeeReader(r, sum)
	if err := s.take(f, in); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		return fmt.Errorf("%s can't be read: %w", name, err)
	}
	f.SHA256 = hex.EncodeToString(sum.Sum(nil))
	s.files = append(s.files, f)
	return nil
}

func (s *seen) readManifest(h *tar.Header, r io.Reader) error {
	if h.Size > maxManifest {
		return fmt.Errorf("its manifest has %d bytes", h.Size)
	}
	text, err := io.ReadAll(io.LimitReader(r, maxManifest))
	if err != nil {
		return fmt.Errorf("its manifest can't be read: %w", err)
	}
	s.ended = true
	s.manifest, err = decode(text)
	return err
}

// compare names the first thing in which the archive and its manifest differ.
func (s *seen) compare() error {
	for i := range max(len(s.files), len(s.manifest.Files)) {
		switch {
		case i >= len(s.files):
			return fmt.Errorf("%s is missing", s.manifest.Files[i].Name)
		case i >= len(s.manifest.Files):
			return fmt.Errorf("%s is not in its manifest", s.files[i].Name)
		case s.files[i] != s.manifest.Files[i]:
			return fmt.Errorf("%s is not what its manifest says (%+v)", s.files[i].Name, s.manifest.Files[i])
		}
	}
	if !slices.Equal(s.dirs, s.manifest.Folders) {
		return errors.New("its folders are not those of its manifest")
	}
	if !s.names[path.Join(DataFolder, "backup_label")] || !s.names[path.Join(DataFolder, "PG_VERSION")] {
		return errors.New("it is no base backup of PostgreSQL")
	}
	return nil
}
