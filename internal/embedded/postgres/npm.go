package postgres

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// linkLibraries completes an npm package of PostgreSQL. npm packages cannot hold symbolic links, so the package lists
// the links its libraries need in native/pg-symlinks.json and makes them in an install script, which many sites have
// switched off. bin is the package's native/bin; any other folder has no such list and is left alone.
func linkLibraries(bin string) error {
	native := filepath.Dir(bin)
	data, err := os.ReadFile(filepath.Join(native, "pg-symlinks.json"))
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
