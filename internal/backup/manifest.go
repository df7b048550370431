// Package backup is the archive of `mes backup`: one tar file under zstd that holds PostgreSQL's data directory and, as its
// last entry, a manifest with the SHA-256 of every file. Beside it lies FILE.sha256 with the sum of the whole, as sha256sum
// writes it. The package knows files only; what a base backup is and what a restored record needs is known elsewhere.
//
// An archive is judged before anything of it is written: first the sum of the whole, then that it holds exactly the files
// of its manifest, under names that stay inside the folder, with the sizes and sums that stand there.
package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// Format is the version of the archive's layout. A program reads its own and older ones.
const Format = 1

const (
	manifestName = "manifest.json"
	// DataFolder begins the name of every other entry.
	DataFolder = "postgres"
)

// Manifest says what an archive holds and where it comes from.
type Manifest struct {
	Format     int    `json:"format"`
	MESVersion string `json:"mes_version"`
	// Major is PostgreSQL's major version, which must be the same where the data is restored.
	Major    int    `json:"postgres_major"`
	Postgres string `json:"postgres_version"`
	SystemID string `json:"system_identifier"`
	Timeline int    `json:"timeline"`
	// The write-ahead log from WALStart to WALEnd lies inside; replayed, all databases are at one moment.
	WALStart string    `json:"wal_start"`
	WALEnd   string    `json:"wal_end"`
	BeganAt  time.Time `json:"began_at"`
	EndedAt  time.Time `json:"ended_at"`
	// Running says that the plant was at work meanwhile.
	Running bool `json:"running"`
	// Tally is what the records held when the backup began. What is restored holds that and what came until EndedAt.
	Tally   mes.Tally `json:"tally"`
	Files   []File    `json:"files"`
	Folders []string  `json:"folders"`
}

// File is one file of the archive.
type File struct {
	Name   string `json:"name"` // with slashes, inside the data folder
	Size   int64  `json:"size"`
	Mode   uint32 `json:"mode"`
	SHA256 string `json:"sha256"`
}

// Bytes is how much the files hold.
func (m Manifest) Bytes() int64 {
	var n int64
	for _, f := range m.Files {
		n += f.Size
	}
	return n
}

// safe refuses a name that could lead out of the folder it is unpacked in, or that two systems read differently.
func safe(name string) error {
	if name == "" || path.Clean(name) != name || path.IsAbs(name) || strings.ContainsAny(name, "\\\x00:") || !fs.ValidPath(name) ||
		name != DataFolder && !strings.HasPrefix(name, DataFolder+"/") {
		return fmt.Errorf("it holds an entry named %q, which no backup does", name)
	}
	return nil
}

func decode(text []byte) (m Manifest, err error) {
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("its manifest can't be read: %w", err)
	}
	switch {
	case m.Format < 1 || m.Major < 1:
		return m, errors.New("its manifest names no format or no PostgreSQL version")
	case m.Format > Format:
		return m, fmt.Errorf("it was written in format %d by mes %s; this program reads up to format %d. Use that version, or a newer one", m.Format, m.MESVersion, Format)
	}
	return m, nil
}
