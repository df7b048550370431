package postgres

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// publicCopies is where a root process puts programs of PostgreSQL that its unprivileged user cannot reach.
const publicCopies = "/var/cache/steelthread"

// symlinkList marks an installation that came as an npm package.
const symlinkList = "pg-symlinks.json"

// linkLibraries completes an npm package of PostgreSQL. npm packages cannot hold symbolic links, so the package lists
// the links its libraries need in native/pg-symlinks.json and makes them in an install script, which many sites have
// switched off. bin is the package's native/bin; any other folder has no such list and is left alone.
func linkLibraries(bin string) error {
	native := filepath.Dir(bin)
	data, err := os.ReadFile(filepath.Join(native, symlinkList))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the list of PostgreSQL's libraries: %w", err)
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(data, &links); err != nil {
		return fmt.Errorf("read the list of PostgreSQL's libraries in %s: %w", native, err)
	}
	root := filepath.Dir(native) // the list's paths start at the package
	for _, l := range links {
		if err := link(root, l.Source, l.Target); err != nil {
			return fmt.Errorf("complete PostgreSQL's libraries in %s: %w", native, err)
		}
	}
	return nil
}

// link makes target a relative link to source, both inside root. An existing target stays.
func link(root, source, target string) error {
	if !filepath.IsLocal(source) || !filepath.IsLocal(target) {
		return fmt.Errorf("%q to %q leads out of the package", target, source)
	}
	target = filepath.Join(root, target)
	if _, err := os.Lstat(target); err == nil {
		return nil
	}
	rel, err := filepath.Rel(filepath.Dir(target), filepath.Join(root, source))
	if err != nil {
		return err
	}
	if err := os.Symlink(rel, target); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// reachable makes sure that the account can run the programs. PostgreSQL checks its own files with access(2), which no
// capability helps to pass, so an npm package below a private folder, such as a checkout in /root, is copied once to a
// folder that everyone may read. Other installations are left where they are.
func (b Binaries) reachable(a account, copies string) (Binaries, error) {
	if !a.switched {
		return b, nil
	}
	closed, ok := a.blockedBy(b.Dir)
	if !ok {
		return b, nil
	}
	native := filepath.Dir(b.Dir)
	program, err := os.Stat(b.path("postgres"))
	if err != nil {
		return b, fmt.Errorf("look at PostgreSQL's programs: %w", err)
	}
	if _, err := os.Stat(filepath.Join(native, symlinkList)); err != nil {
		return b, fmt.Errorf("PostgreSQL runs as the user %s, who may not enter %s, where its programs are; nothing was changed: "+
			"install PostgreSQL for all users, or run as another user than root", a.name, closed)
	}
	place := filepath.Join(copies, fmt.Sprintf("postgresql-%d-%s", b.Major, strconv.FormatInt(program.Size(), 36)))
	if err := copyOnce(native, place); err != nil {
		return b, fmt.Errorf("copy PostgreSQL's programs to where the user %s can run them: %w", a.name, err)
	}
	return Binaries{Dir: filepath.Join(place, "bin"), Major: b.Major}, nil
}

// copyOnce copies the tree from to the folder to, unless that exists. The copy appears in one step, complete.
func copyOnce(from, to string) error {
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	half, err := os.MkdirTemp(filepath.Dir(to), ".copy-*")
	if err != nil {
		return err
	}
	err = errors.Join(os.CopyFS(half, os.DirFS(from)), os.Chmod(half, 0o755))
	if err == nil {
		err = os.Rename(half, to)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(half))
	}
	return nil
}
