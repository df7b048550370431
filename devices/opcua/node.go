package opcua

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gopcua/opcua/ua"

	"github.com/steelthread/steelthread/devices"
)

// nodeSpec is a node as the mapping names it: ns=2;s=Torque, or nsu=urn:vendor:tc20;s=Torque. The second form outlives a
// firmware update that renumbers the namespaces.
type nodeSpec struct {
	uri string
	id  string
}

var idPattern = regexp.MustCompile(`^(ns=\d+;)?([isgb])=.+`)

func parseNodes(c devices.Config) (map[string]nodeSpec, error) {
	nodes := make(map[string]nodeSpec, len(c.Tags))
	var errs []error
	for tag, s := range c.Tags {
		spec := nodeSpec{id: s}
		if rest, ok := strings.CutPrefix(s, "nsu="); ok {
			spec.uri, spec.id, _ = strings.Cut(rest, ";")
		}
		_, err := ua.ParseNodeID(spec.id)
		if err == nil && !idPattern.MatchString(spec.id) { // the library takes any text for an ID in namespace 0
			err = errors.New("no identifier")
		}
		if err != nil {
			errs = append(errs, &devices.FieldError{Device: c.ID, Field: fmt.Sprintf("tags[%q]", tag),
				Problem: fmt.Sprintf("%q is no node ID such as ns=1;s=Torque: %v", s, err)})
		}
		nodes[tag] = spec
	}
	return nodes, errors.Join(errs...)
}

// resolve gives the node ID under the server's present namespace table.
func (n nodeSpec) resolve(namespaces []string) (*ua.NodeID, error) {
	if n.uri == "" {
		return ua.ParseNodeID(n.id)
	}
	i := slices.Index(namespaces, n.uri)
	if i < 0 {
		return nil, fmt.Errorf("the server has no namespace %s: %w", n.uri, devices.ErrUnknownTag)
	}
	return ua.ParseNodeID(fmt.Sprintf("ns=%d;%s", i, n.id))
}
