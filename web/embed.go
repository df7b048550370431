// Package web carries the built screens inside the binary.
//
// The files under dist come from `npm run build`. A checkout that has not built them still compiles: dist then holds
// only its placeholder, and Handler answers with a page that says how to build.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files is the built app, rooted at its index.html.
func Files() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil { // unreachable: "dist" is a constant, valid path
		return dist
	}
	return sub
}

// Built tells whether the screens are inside this binary.
func Built() bool {
	_, err := fs.Stat(Files(), "index.html")
	return err == nil
}
