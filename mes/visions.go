package mes

import (
	"context"
	"encoding/json"
	"time"
)

// VisionView is a stored verdict as people read it.
type VisionView struct {
	ID         string     `json:"id"`
	Camera     string     `json:"camera"`
	Key        string     `json:"key"`
	Lot        string     `json:"lot"`
	Operation  string     `json:"operation"`
	Step       string     `json:"step"`
	Shot       int        `json:"shot"`
	Verdict    StepResult `json:"verdict"`
	Confidence Decimal    `json:"confidence"`
	Model      string     `json:"model"`
	Image      string     `json:"image,omitempty"` // hash of a blob
	// Predictions are called boxes in JSON: records that were released before masks came are hashed with that name.
	Predictions []Prediction    `json:"boxes"`
	Measured    json.RawMessage `json:"measured,omitempty"`
	Match       Match           `json:"match"`
	Source      string          `json:"source"`
	CapturedAt  time.Time       `json:"captured_at"`
	ReceivedAt  time.Time       `json:"received_at"`
	// Overridden is set when quality decided otherwise than the camera; both verdicts stay.
	Overridden *Override `json:"overridden,omitempty"`

	Kind    VisionKind `json:"kind,omitempty"`
	Way     VisionWay  `json:"way,omitempty"`
	Picture *Picture   `json:"picture,omitempty"`
	// Said is the sender's own verdict where an inspection rule, or the step's threshold, made another of it.
	Said           StepResult   `json:"said,omitempty"`
	SaidConfidence *Decimal     `json:"said_confidence,omitempty"`
	Rule           *RuleVerdict `json:"rule,omitempty"`
	ModelVersion   string       `json:"model_version,omitempty"`
	Code           string       `json:"code,omitempty"`
	Severity       string       `json:"severity,omitempty"`
	Related        string       `json:"related,omitempty"`
	Station        string       `json:"station,omitempty"` // where the camera stood
	// Dropped is the hash of a picture that was not stored, since its camera's pictures are not kept.
	Dropped string `json:"dropped,omitempty"`
}

// Override is a person's decision on a verdict.
type Override struct {
	Decision Decision  `json:"decision"`
	By       string    `json:"by"`
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
}

// VisionFilter narrows a list of verdicts. The list is newest first; only Limit and Cursor of Paging are used.
type VisionFilter struct {
	Paging
	Site   string
	Lot    string
	Camera string
	Match  Match
	Kind   VisionKind
}

// Visions reads stored verdicts.
type Visions interface {
	// Get reads one verdict. Codes: not_found.
	Get(ctx context.Context, site, id string) (VisionView, error)
	// Raw reads the body that a verdict came in. Codes: not_found.
	Raw(ctx context.Context, site, id string) (RawVision, error)
	// List reads a page of verdicts. Codes: unprocessable (cursor).
	List(ctx context.Context, f VisionFilter) (Page[VisionView], error)
}

// VisionCamera is what is settled for one camera.
type VisionCamera struct {
	Camera  string `json:"camera"`
	Station string `json:"station,omitempty"`
	// Keep says whether its pictures are stored. A camera that nobody settled keeps all but those of dangers: people are
	// on them.
	Keep      *bool     `json:"keep_pictures,omitempty"`
	Safety    bool      `json:"safety"` // it watches people; its pictures are dropped unless Keep says otherwise
	Version   int       `json:"version"`
	ChangedBy string    `json:"changed_by,omitempty"`
	ChangedAt time.Time `json:"changed_at,omitzero"`
}

// Keeps tells whether a picture of this kind of result is stored.
func (c VisionCamera) Keeps(k VisionKind) bool {
	if c.Keep != nil {
		return *c.Keep
	}
	return !c.Safety && k != VisionSafety
}

// VisionCameras settles what is kept of each camera.
type VisionCameras interface {
	// Cameras lists the site's devices that take pictures, or that somebody settled something for.
	Cameras(ctx context.Context, site string) ([]VisionCamera, error)
	// PutCamera settles one. Version must be the one that was read, 0 for a first time. Codes: not_found, conflict.
	PutCamera(ctx context.Context, by Actor, site string, c VisionCamera, reason string) (VisionCamera, error)
}

// VisionInbox brings in what other programs inserted into the table vision_inbox.
type VisionInbox interface {
	// TakeInbox takes up to most rows and answers how many there were.
	TakeInbox(ctx context.Context, most int) (int, error)
}

// RawVision is the body that a result came in, with its pictures cut out.
type RawVision struct {
	Hash string `json:"hash"` // hex SHA-256
	Body []byte `json:"-"`
}
