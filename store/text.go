package store

import (
	"encoding/json"
	"reflect"
	"strings"
)

// printable makes foreign text fit for PostgreSQL, which stores neither broken UTF-8 nor the zero character.
func printable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// sameJSON compares two documents by content: the database stores its own spelling.
func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}
