package web

import (
	"io/fs"
	"net/http"
	"path"
	"strings"
)

const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Steelthread</title>
<h1>The screens are not in this binary</h1>
<p>The API works. Nothing is lost. Run <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code>, then build <code>mes</code> again.</p>
`

// Handler serves the app. A path without a file is one of the app's own addresses and gets index.html, so that every
// link can be shared and reloaded; a missing asset is 404, never a page.
func Handler() http.Handler {
	if !Built() {
		return http.HandlerFunc(serveNotBuilt)
	}
	return spa(Files())
}

func spa(files fs.FS) http.Handler {
	static := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		switch {
		case strings.HasPrefix(name, "assets/"):
			// Vite puts a content hash into these names, so they never change under one address.
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		case name != "" && isFile(files, name):
			w.Header().Set("Cache-Control", "no-cache")
		default:
			w.Header().Set("Cache-Control", "no-cache")
			r = r.Clone(r.Context())
			r.URL.Path = "/"
		}
		static.ServeHTTP(w, r)
	})
}

func isFile(files fs.FS, name string) bool {
	info, err := fs.Stat(files, name)
	return err == nil && !info.IsDir()
}

func serveNotBuilt(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte(notBuilt)) // the reader has gone: nobody to tell
}
