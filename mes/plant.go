package mes

import (
	"context"
	"encoding/json"
	"time"
)

// PlantView is a site with all that belongs to it.
type PlantView struct {
	Site     Equipment     `json:"site"`
	Areas    []Equipment   `json:"areas"`
	Lines    []Equipment   `json:"lines"`
	Stations []StationView `json:"stations"`
	Devices  []DeviceView  `json:"devices"`
	TimeZone string        `json:"time_zone"`
}

// Product is a material that the plant makes or uses, with its routing revisions.
type Product struct {
	Material
	// Revision is the approved one; empty when the material can't be ordered.
	Revision  string   `json:"revision,omitempty"`
	Revisions []string `json:"revisions"`
}

// RoutingState is where a routing revision stands.
type RoutingState string

// The states. One revision of a product is approved at a time; an order keeps the one that it was released with.
const (
	RoutingDraft      RoutingState = "draft"
	RoutingApproved   RoutingState = "approved"
	RoutingSuperseded RoutingState = "superseded"
	RoutingRework     RoutingState = "rework" // composed for lots in rework; no order is released on it
)

// RoutingView is a stored routing revision.
type RoutingView struct {
	Routing    Routing      `json:"routing"`
	State      RoutingState `json:"state"`
	Hash       string       `json:"hash"` // hex SHA-256 of the canonical definition
	ApprovedBy string       `json:"approved_by,omitempty"`
	ApprovedAt *time.Time   `json:"approved_at,omitempty"`
}

// DeviceReport is what the edge says of one device.
type DeviceReport struct {
	Device string          `json:"device"`
	State  string          `json:"state"` // connected, connecting or down
	Since  time.Time       `json:"since"`
	Error  string          `json:"error,omitempty"`
	Live   json.RawMessage `json:"live,omitempty"` // a list of {name, value, unit, quality, at}
}

// PlantImport is a plant's definition, as files hold it. Everything in it is stored or changed by ID; nothing is
// removed by leaving it out.
type PlantImport struct {
	Equipment []Equipment
	Devices   []Device
	Materials []Material
	// Documents are instructions, inspection rules and recipes; Routings come after them, since their steps name
	// instructions. The first revision of each is approved by the import, in the name of ApprovedBy, as is the next while
	// none was signed here. Once one was signed, a new revision arrives as a draft.
	Documents  []NewDraft
	Routings   []Routing
	ApprovedBy string
	// Unsigned approves a new revision by the import although the one in force was signed here. It must say why; the
	// audit trail and an alert to quality tell of it.
	Unsigned string
	Blobs    []Blob
	// Skills and LabourCodes are stored or changed by ID.
	Skills      []Skill
	LabourCodes []LabourCode
	// Charts are control charts, stored or changed by ID. Their limits come from data, never from a file.
	Charts []Chart
	// Defects are codes, parents before children; Rate is what an hour of rework costs. Both are stored where they differ.
	Defects []DefectCode
	Rate    *LabourRate
	// Reason says why; it is needed where a record that is there changes.
	Reason string
}

// ImportReport counts what an import stored.
type ImportReport struct {
	Equipment int `json:"equipment"`
	Devices   int `json:"devices"`
	Materials int `json:"materials"`
	Routings  int `json:"routings"`  // new revisions
	Documents int `json:"documents"` // new revisions of instructions, inspection rules and recipes
	// Drafts are new revisions that wait for their signatures, because the one before was signed.
	Drafts      []string `json:"drafts,omitempty"`
	Blobs       int      `json:"blobs"`
	Skills      int      `json:"skills"` // new or changed ones
	LabourCodes int      `json:"labour_codes"`
	Charts      int      `json:"charts"`  // new or changed ones
	Defects     int      `json:"defects"` // new or changed codes
	Costs       int      `json:"costs"`   // new costs of materials, or of an hour
}

// Plant keeps what exists before the first order.
type Plant interface {
	// View reads a site. Codes: not_found.
	View(ctx context.Context, site string) (PlantView, error)
	// Sites lists the site IDs.
	Sites(ctx context.Context) ([]string, error)
	// Products lists every material of the plant with its routing revisions.
	Products(ctx context.Context) ([]Product, error)
	// Routing reads one revision; an empty revision means the approved one. Codes: not_found.
	Routing(ctx context.Context, product, revision string) (RoutingView, error)
	// Devices reads the configurations of a site's devices for its edge.
	Devices(ctx context.Context, site string) ([]Device, error)
	// Report stores what the edge says and tells listeners which devices changed. Unknown devices are skipped.
	Report(ctx context.Context, site string, rs []DeviceReport) error
	// Import stores the definition in one transaction. A routing revision that is stored already with the same content
	// is left alone; with other content it is a conflict, since a revision never changes. Codes: unprocessable, conflict.
	Import(ctx context.Context, by Actor, in PlantImport) (ImportReport, error)
}
