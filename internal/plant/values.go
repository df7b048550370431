package plant

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// Values answers placeholders: ${sim.opcua.TC-20.endpoint} is the member endpoint of TC-20 of opcua of sim.
type Values map[string]any

// ReadValues reads a JSON file and hangs its content under name.
func ReadValues(name, file string) (Values, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the values for the plant's files: %w", err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, fmt.Errorf("read the values in %s: %w", file, err)
	}
	return Values{name: v}, nil
}

var placeholder = regexp.MustCompile(`\$\{([^{}]*)\}`)

// fill replaces the placeholders of a text; missing names the first one without a value.
func (v Values) fill(text string) (filled, missing string) {
	filled = placeholder.ReplaceAllStringFunc(text, func(m string) string {
		name := m[2 : len(m)-1]
		value, ok := v.lookup(name)
		if !ok && missing == "" {
			missing = name
		}
		return value
	})
	return filled, missing
}

func (v Values) lookup(name string) (string, bool) {
	var at any = map[string]any(v)
	for _, part := range strings.Split(name, ".") {
		m, ok := at.(map[string]any)
		if !ok {
			return "", false
		}
		if at, ok = m[part]; !ok {
			return "", false
		}
	}
	switch x := at.(type) {
	case string:
		return x, true
	case float64, bool:
		return fmt.Sprint(x), true
	}
	return "", false
}
