package api

import (
	"io"

	"github.com/danielgtaylor/huma/v2"
)

// jsonFormat lets large answers write themselves, and reads strictly.
var jsonFormat = huma.Format{Marshal: writeJSON, Unmarshal: readJSON}

func writeJSON(w io.Writer, v any) error {
	large, ok := v.(interface{ AppendJSON([]byte) []byte })
	if !ok {
		return huma.DefaultJSONFormat.Marshal(w, v)
	}
	_, err := w.Write(append(large.AppendJSON(nil), '\n'))
	return err
}
