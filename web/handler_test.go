package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestSPA(t *testing.T) {
	files := fstest.MapFS{
		"index.html":      {Data: []byte("<title>app</title>")},
		"favicon.svg":     {Data: []byte("<svg/>")},
		"assets/a-1.js":   {Data: []byte("let a")},
		"assets/b/c-2.js": {Data: []byte("let c")},
	}
	for _, c := range []struct {
		name, path, body, cache string
		status                  int
	}{
		{"root", "/", "app", "no-cache", 200},
		{"one of the app's own addresses", "/orders?sel=WO-1", "app", "no-cache", 200},
		{"a deep one with a dot in it", "/lots/HK20-1.2", "app", "no-cache", 200},
		{"a file", "/favicon.svg", "<svg/>", "no-cache", 200},
		{"an asset stays", "/assets/a-1.js", "let a", "immutable", 200},
		{"a missing asset is no page", "/assets/old.js", "404", "", 404},
		{"no way out of the tree", "/../embed.go", "app", "no-cache", 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec := httptest.NewRecorder()
			spa(files).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, c.path, nil))
			if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.body) {
				t.Fatalf("got %d %q, want %d with %q", rec.Code, rec.Body.String(), c.status, c.body)
			}
			if !strings.Contains(rec.Header().Get("Cache-Control"), c.cache) {
				t.Fatalf("Cache-Control %q, want %q", rec.Header().Get("Cache-Control"), c.cache)
			}
		})
	}
}

func TestNotBuiltSaysWhatToDo(t *testing.T) {
	rec := httptest.NewRecorder()
	serveNotBuilt(rec, nil)
	if rec.Code != http.StatusServiceUnavailable || !strings.Contains(rec.Body.String(), "npm run build") {
		t.Fatalf("got %d %q", rec.Code, rec.Body.String())
	}
}
