package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"text/tabwriter"
	"time"
)

// figure is one measured number. Aim is what it is held against, empty when it stands for itself.
type figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit,omitempty"`
	Aim   string  `json:"aim,omitempty"`
}

// results is what the benchmark prints and writes.
type results struct {
	At      time.Time `json:"at"`
	Go      string    `json:"go"`
	CPUs    int       `json:"cpus"`
	Figures []figure  `json:"figures"`
	// Pairs are the ratios of the single pairs, whose median is a figure.
	Pairs []float64 `json:"pairs,omitempty"`
}

func (r *results) describe() {
	r.At, r.Go, r.CPUs = time.Now().UTC(), runtime.Version(), runtime.NumCPU()
}

func (r *results) add(name string, value float64, unit, aim string) {
	r.Figures = append(r.Figures, figure{name, value, unit, aim})
	fmt.Fprintf(os.Stderr, "%s: %.4g %s\n", name, value, unit)
}

func (r *results) table(out io.Writer) {
	fmt.Fprintf(out, "\n%s, %d CPUs, %s\n\n", r.At.Format(time.RFC3339), r.CPUs, r.Go)
	w := tabwriter.NewWriter(out, 2, 0, 2, ' ', 0)
	fmt.Fprintln(w, "figure\tmeasured\taim")
	for _, f := range r.Figures {
		fmt.Fprintf(w, "%s\t%.4g %s\t%s %s\n", f.Name, f.Value, f.Unit, f.Aim, map[bool]string{true: f.Unit}[f.Aim != ""])
	}
	w.Flush()
}

func (r *results) write(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}
