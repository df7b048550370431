package backup

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// Writer writes an archive beside its place. It appears under its name, whole and on disk, at Commit only.
type Writer struct {
	place  string
	file   *os.File
	sum    hash.Hash
	sealed io.WriteCloser // encrypts; nil for a plain archive
	zstd   *zstd.Encoder
	tar    *tar.Writer
	files  []File
	folder []string
	bytes  int64
}

// Written is a finished archive.
type Written struct {
	Path   string
	Size   int64
	SHA256 string
}

// Create begins an archive at place, encrypted for the recipients; without one it is plain. An existing file is never
// written over.
func Create(place string, to ...age.Recipient) (*Writer, error) {
	for _, name := range []string{place, sumFile(place)} {
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s exists. Nothing was written. Choose another name", name)
		}
	}
	f, err := os.CreateTemp(filepath.Dir(place), ".mes-backup-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("the backup can't be written there: %w", err)
	}
	w := &Writer{place: place, file: f, sum: sha256.New()}
	out := io.MultiWriter(f, w.sum)
	if len(to) > 0 {
		if w.sealed, err = age.Encrypt(out, to...); err != nil {
			return nil, errors.Join(fmt.Errorf("encrypt the backup: %w", err), w.Abort())
		}
		out = w.sealed
	}
	w.zstd, err = zstd.NewWriter(out, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(4<<20))
	if err != nil {
		return nil, errors.Join(err, w.Abort())
	}
	w.tar = tar.NewWriter(w.zstd)
	if err := w.addFolder(DataFolder); err != nil {
		return nil, errors.Join(err, w.Abort())
	}
	return w, nil
}

// Bytes is how much went in so far.
func (w *Writer) Bytes() int64 { return w.bytes }

// AddTree copies PostgreSQL's tar stream into the archive's data folder, with a sum for each file. leaveOut names what is
// of no use in a copy.
func (w *Writer) AddTree(r io.Reader, leaveOut func(name string) bool, progress func(bytes int64)) error {
	in := tar.NewReader(r)
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read what PostgreSQL sends: %w", err)
		}
		name := path.Join(DataFolder, path.Clean(h.Name))
		if err := safe(name); err != nil {
			return err
		}
		if leaveOut(strings.TrimPrefix(name, DataFolder+"/")) {
			continue
		}
		switch h.Typeflag {
		case tar.TypeDir:
			if name != DataFolder { // which is there already
				err = w.addFolder(name)
			}
		case tar.TypeReg:
			err = w.addFile(name, h, in)
		default:
			err = fmt.Errorf("%s is neither a file nor a folder; a backup holds nothing else. Nothing was written", h.Name)
		}
		if err != nil {
			return err
		}
		progress(w.bytes)
	}
}

func (w *Writer) addFolder(name string) error {
	if name != DataFolder {
		w.folder = append(w.folder, name)
	}
	return w.header(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: 0o700})
}

func (w *Writer) addFile(name string, h *tar.Header, r io.Reader) error {
	mode := h.Mode & 0o700
	if err := w.header(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: h.Size, Mode: mode, ModTime: h.ModTime}); err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w.tar, sum), r)
	if err != nil {
		return w.failed(err)
	}
	w.bytes += n
	w.files = append(w.files, File{Name: name, Size: h.Size, Mode: uint32(mode), SHA256: hex.EncodeToString(sum.Sum(nil))})
	return nil
}

func (w *Writer) header(h *tar.Header) error {
	h.Format = tar.FormatPAX
	return w.failed(w.tar.WriteHeader(h))
}

func (w *Writer) failed(err error) error {
	if err != nil {
		return fmt.Errorf("write the backup beside %s: %w", w.place, err)
	}
	return nil
}

// Commit adds the manifest, puts everything on disk and gives the archive its name.
func (w *Writer) Commit(m *Manifest) (Written, error) {
	m.Format, m.Files, m.Folders = Format, w.files, w.folder
	text, err := json.Marshal(m)
	if err == nil {
		err = w.header(&tar.Header{Typeflag: tar.TypeReg, Name: manifestName, Size: int64(len(text)), Mode: 0o600, ModTime: m.EndedAt})
	}
	if err == nil {
		_, err = w.tar.Write(text)
	}
	err = errors.Join(err, w.tar.Close(), w.zstd.Close())
	if w.sealed != nil {
		err = errors.Join(err, w.sealed.Close())
	}
	err = errors.Join(err, w.file.Sync())
	out := Written{Path: w.place, SHA256: hex.EncodeToString(w.sum.Sum(nil))}
	if info, serr := w.file.Stat(); serr == nil {
		out.Size = info.Size()
	}
	if err = errors.Join(err, w.file.Close()); err != nil {
		return Written{}, errors.Join(w.failed(err), os.Remove(w.file.Name()))
	}
	if err := w.publish(out.SHA256); err != nil {
		return Written{}, errors.Join(err, os.Remove(w.file.Name()))
	}
	return out, nil
}

// publish names the sum first: an archive without one is refused, a sum without an archive misleads nobody.
func (w *Writer) publish(sum string) error {
	line := sum + "  " + filepath.Base(w.place) + "\n"
	if err := writeNew(sumFile(w.place), []byte(line)); err != nil {
		return err
	}
	if err := name(w.file.Name(), w.place); err != nil {
		return errors.Join(err, os.Remove(sumFile(w.place)))
	}
	return syncFolder(filepath.Dir(w.place))
}

// Abort removes what was written.
func (w *Writer) Abort() error {
	if w.zstd != nil {
		_ = w.zstd.Close() // its file goes
	}
	return errors.Join(w.file.Close(), os.Remove(w.file.Name()))
}

func sumFile(place string) string { return place + ".sha256" }

// name gives a finished file its name, unless that has been taken meanwhile. A file system without hard links gets a
// look and a rename.
func name(temporary, place string) error {
	err := os.Link(temporary, place)
	if err == nil {
		return os.Remove(temporary)
	}
	if _, there := os.Lstat(place); !errors.Is(there, fs.ErrNotExist) {
		return fmt.Errorf("%s has appeared meanwhile and was left as it is: %w", place, err)
	}
	return os.Rename(temporary, place)
}

// writeNew writes a small file that must not exist yet, and puts it on disk.
func writeNew(place string, data []byte) error {
	f, err := os.OpenFile(place, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", place, err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", place, err), os.Remove(place))
	}
	return nil
}

// syncFolder makes new names in a folder survive a power cut.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
