package postgres

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// tailSize is how much of a child's output is kept for error messages.
const tailSize = 2048

// tail keeps the last bytes written to it.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - tailSize; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}

func (t *tail) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = t.buf[:0]
}

// lastBytes reads whole lines from the last n bytes of a file.
func lastBytes(path string, n int64) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	from := max(0, info.Size()-n)
	data, err := io.ReadAll(io.NewSectionReader(f, from, n))
	text := string(data)
	if from > 0 {
		_, text, _ = strings.Cut(text, "\n")
	}
	return text, err
}

// lastWords is why PostgreSQL ended, in its own words: from its standard error until its log opens, from its log after
// that.
func (s *Server) lastWords() string {
	text := s.stderr.String()
	if log, err := lastBytes(newest(filepath.Join(s.dataDir, "log", "*.log")), tailSize); err == nil {
		text += "\n" + log
	}
	return complaints(text)
}

// complaints picks the lines that name a cause; without any, the last line has to do.
func complaints(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	last := lines[len(lines)-1]
	var found []string
	for _, line := range lines {
		if strings.Contains(line, "FATAL: ") || strings.Contains(line, "PANIC: ") || strings.Contains(line, "could not ") {
			found = append(found, line)
		}
	}
	if len(found) == 0 {
		return last
	}
	return strings.Join(found[max(0, len(found)-2):], "; ")
}

// newest is the file among those matching pattern that was written last, or "".
func newest(pattern string) string {
	names, _ := filepath.Glob(pattern) // fails on a malformed pattern only
	var path string
	var latest os.FileInfo
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && (latest == nil || info.ModTime().After(latest.ModTime())) {
			path, latest = name, info
		}
	}
	return path
}
