package device

import (
	"context"
	"embed"
	"fmt"
	"strings"
	"text/template"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Printers finds printers; a devices.Hub does.
type Printers interface {
	Printer(id string) (devices.Printer, error)
}

// PrintLabel prints one label. Safe to run twice: the job's ID makes a second request the same label.
type PrintLabel struct{ Printers Printers }

// Execute fills the template and sends it.
func (a PrintLabel) Execute(ctx context.Context, in contract.PrintRequest) (contract.Printed, error) {
	zpl, err := Label(in)
	if err != nil {
		return contract.Printed{Silent: in.Printer + " can't print: " + err.Error()}, nil
	}
	p, err := a.Printers.Printer(in.Printer)
	if err == nil {
		err = p.Print(ctx, in.ID, zpl)
	}
	if err == nil {
		return contract.Printed{}, nil
	}
	silent, err := silence(ctx, in.Printer, contract.Shot, err)
	return contract.Printed{Silent: silent}, err
}

//go:embed labels/*.zpl
var files embed.FS

var labels = template.Must(template.New("").Funcs(template.FuncMap{"data": data, "gs1": gs1}).ParseFS(files, "labels/*.zpl"))

// Label is the label's text in the printer's language.
func Label(in contract.PrintRequest) (string, error) {
	t := labels.Lookup(in.Template + ".zpl")
	if t == nil {
		return "", fmt.Errorf("there is no label %q", in.Template)
	}
	var b strings.Builder
	if err := t.Execute(&b, in); err != nil {
		return "", err
	}
	return b.String(), nil
}

// data writes text for a field that is declared with ^FH_: what would be a command becomes its hexadecimal code.
func data(v any) string {
	var b strings.Builder
	for _, c := range []byte(fmt.Sprint(v)) {
		if c < ' ' || c == '^' || c == '~' || c == '_' {
			fmt.Fprintf(&b, "_%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// gs1 turns the readable form of an element string, (01)…(21)…, into what a Data Matrix symbol holds: FNC1 in front, and
// a separator behind data of variable length. Text that is no element string stays as it is. Both readable forms that
// are printed here end in their only element of variable length, so no separator is needed.
func gs1(code string) string {
	if !strings.HasPrefix(code, "(") {
		return symbol(code)
	}
	return "_1" + symbol(strings.NewReplacer("(", "", ")", "").Replace(code))
}

// symbol writes data for a ^BX field with the escape character _: what would be a command becomes its decimal code.
func symbol(text string) string {
	return strings.NewReplacer("_", "_d095", "^", "_d094", "~", "_d126").Replace(text)
}
