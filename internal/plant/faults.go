package plant

import (
	"fmt"

	"github.com/steelthread/steelthread/mes"
)

// faults collects what is wrong in a folder.
type faults struct{ list mes.Faults }

// add records a fault of a field in a file; field may be empty.
func (f *faults) add(file, field, format string, args ...any) {
	at := file
	if field != "" {
		at += " " + field
	}
	f.list.Add(at, format, args...)
}

func (f *faults) check(ok bool, file, field, format string, args ...any) {
	if !ok {
		f.add(file, field, format, args...)
	}
}

func (f *faults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	return &mes.Error{Code: mes.CodeUnprocessable, What: fmt.Sprintf("The plant's files have %d faults.", len(f.list)),
		Kept: "Nothing was stored.", Do: "Correct the named fields and import again.", Fields: f.list}
}
