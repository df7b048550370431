package sim

import (
	"reflect"
	"time"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/server"
	"github.com/gopcua/opcua/server/attrs"
	"github.com/gopcua/opcua/ua"
)

// space shows a machine's registers as an OPC UA namespace. The library's own namespaces accept any type on a write and
// race with readers; a real controller does neither.
type space struct {
	m     *machine
	index uint16
	names map[string]string // node name to tag
	root  *server.Node
}

var _ server.NameSpace = (*space)(nil)

func newSpace(m *machine) *space {
	s := &space{m: m, names: map[string]string{}}
	for name := range m.tags {
		s.names[nodeName(name)] = name
	}
	return s
}

// attach hangs the machine into the server's Objects folder, so that any OPC UA browser finds it.
func (s *space) attach(srv *server.Server) error {
	srv.AddNamespace(s)
	s.root = server.NewFolderNode(ua.NewStringNodeID(s.index, s.m.model.id), s.m.model.id)
	ns0, err := srv.Namespace(0)
	if err != nil {
		return err
	}
	ns0.Objects().AddRef(s.root, server.RefTypeIDHasComponent, true)
	return nil
}

func (s *space) Name() string                        { return "urn:steelthread:sim:" + s.m.model.id }
func (s *space) ID() uint16                          { return s.index }
func (s *space) SetID(i uint16)                      { s.index = i }
func (s *space) AddNode(n *server.Node) *server.Node { return n }
func (s *space) Objects() *server.Node               { return s.root }
func (s *space) Root() *server.Node                  { return s.root }
func (s *space) node(name string) *ua.NodeID         { return ua.NewStringNodeID(s.index, nodeName(name)) }
func (s *space) isRoot(n *ua.NodeID) bool {
	return n.Type() == ua.NodeIDTypeString && n.StringID() == s.m.model.id
}
func (s *space) dataType(v any) (t ua.TypeID)         { return ua.MustVariant(v).Type() }
func (s *space) Node(n *ua.NodeID) (out *server.Node) { return s.find(n) }

func (s *space) find(n *ua.NodeID) *server.Node {
	if n != nil && s.isRoot(n) {
		return s.root
	}
	return nil
}

// Browse lists the registers below the machine's folder.
func (s *space) Browse(d *ua.BrowseDescription) *ua.BrowseResult {
	if !s.isRoot(d.NodeID) || d.BrowseDirection == ua.BrowseDirectionInverse {
		return &ua.BrowseResult{StatusCode: ua.StatusGood, References: []*ua.ReferenceDescription{}}
	}
	refs := make([]*ua.ReferenceDescription, 0, len(s.names))
	for name := range s.names {
		refs = append(refs, &ua.ReferenceDescription{
			ReferenceTypeID: ua.NewNumericNodeID(0, id.HasComponent), IsForward: true,
			NodeID:         ua.NewStringExpandedNodeID(s.index, name),
			BrowseName:     &ua.QualifiedName{NamespaceIndex: s.index, Name: name},
			DisplayName:    ua.NewLocalizedText(name),
			NodeClass:      ua.NodeClassVariable,
			TypeDefinition: ua.NewNumericExpandedNodeID(0, id.BaseDataVariableType),
		})
	}
	return &ua.BrowseResult{StatusCode: ua.StatusGood, References: refs}
}

// Attribute answers a read of one attribute of one register.
func (s *space) Attribute(n *ua.NodeID, a ua.AttributeID) *ua.DataValue {
	if n.Type() != ua.NodeIDTypeString || s.names[n.StringID()] == "" {
		if s.isRoot(n) {
			return s.rootAttribute(a)
		}
		return status(ua.StatusBadNodeIDUnknown)
	}
	s.m.mu.Lock()
	t := *s.m.tags[s.names[n.StringID()]]
	s.m.mu.Unlock()
	if t.name == "state" && s.m.faults.on(s.m.model.id, Rename) {
		return status(ua.StatusBadNodeIDUnknown)
	}
	t = s.m.shown(t, time.Now())
	switch a {
	case ua.AttributeIDValue:
		return s.value(t)
	case ua.AttributeIDNodeID:
		return server.DataValueFromValue(n)
	case ua.AttributeIDNodeClass:
		return server.DataValueFromValue(int32(ua.NodeClassVariable))
	case ua.AttributeIDBrowseName:
		return server.DataValueFromValue(attrs.BrowseName(n.StringID()))
	case ua.AttributeIDDisplayName, ua.AttributeIDDescription:
		return server.DataValueFromValue(ua.NewLocalizedText(n.StringID()))
	case ua.AttributeIDDataType:
		return server.DataValueFromValue(ua.NewNumericNodeID(0, uint32(s.dataType(t.value))))
	case ua.AttributeIDValueRank:
		return server.DataValueFromValue(int32(-1))
	case ua.AttributeIDAccessLevel, ua.AttributeIDUserAccessLevel:
		return server.DataValueFromValue(t.access())
	}
	return status(ua.StatusBadAttributeIDInvalid)
}

func (s *space) rootAttribute(a ua.AttributeID) *ua.DataValue {
	switch a {
	case ua.AttributeIDNodeClass:
		return server.DataValueFromValue(int32(ua.NodeClassObject))
	case ua.AttributeIDBrowseName:
		return server.DataValueFromValue(attrs.BrowseName(s.m.model.id))
	case ua.AttributeIDDisplayName, ua.AttributeIDDescription:
		return server.DataValueFromValue(ua.NewLocalizedText(s.m.model.name))
	}
	return status(ua.StatusBadAttributeIDInvalid)
}

func (t tag) access() byte {
	if t.writable {
		return byte(ua.AccessLevelTypeCurrentRead | ua.AccessLevelTypeCurrentWrite)
	}
	return byte(ua.AccessLevelTypeCurrentRead)
}

func (s *space) value(t tag) *ua.DataValue {
	if t.measured && s.m.faults.on(s.m.model.id, BadQuality) {
		return status(ua.StatusBadSensorFailure)
	}
	return &ua.DataValue{
		EncodingMask: ua.DataValueValue | ua.DataValueSourceTimestamp | ua.DataValueServerTimestamp,
		Value:        ua.MustVariant(t.value), SourceTimestamp: t.at, ServerTimestamp: time.Now(),
	}
}

func status(c ua.StatusCode) *ua.DataValue {
	return &ua.DataValue{EncodingMask: ua.DataValueStatusCode | ua.DataValueServerTimestamp, Status: c,
		ServerTimestamp: time.Now()}
}

// SetAttribute takes a write from the line. The type must be exactly the register's.
func (s *space) SetAttribute(n *ua.NodeID, a ua.AttributeID, v *ua.DataValue) ua.StatusCode {
	if n.Type() != ua.NodeIDTypeString || s.names[n.StringID()] == "" {
		return ua.StatusBadNodeIDUnknown
	}
	if a != ua.AttributeIDValue {
		return ua.StatusBadNotWritable
	}
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	t := s.m.tags[s.names[n.StringID()]]
	switch {
	case !t.writable:
		return ua.StatusBadNotWritable
	case v == nil || v.Value == nil || reflect.TypeOf(v.Value.Value()) != reflect.TypeOf(t.value):
		return ua.StatusBadTypeMismatch
	}
	if t.name == "command_seq" {
		s.m.started = true
	}
	s.m.put(time.Now(), t.name, v.Value.Value())
	return ua.StatusOK
}
