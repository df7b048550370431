// Package demo carries the definition of the demo plant inside the binary, so that `mes up --demo` works from any
// folder. The files are the same that `mes import` reads.
package demo

import "embed"

// Files is the demo plant's folder.
//
//go:embed *.yaml routings documents pictures
var Files embed.FS
