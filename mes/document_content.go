package mes

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Instruction is what a person reads at a step that names it.
type Instruction struct {
	Title string `json:"title"`
	Text  string `json:"text"` // paragraphs, separated by empty lines
	// Pictures are shown below the text, in their order.
	Pictures   []InstructionPicture `json:"pictures,omitempty"`
	Attachment *Attachment          `json:"attachment,omitempty"`
}

// InstructionPicture is one picture by the hash of its content.
type InstructionPicture struct {
	ID      string `json:"id"`
	Hash    string `json:"hash"`
	Caption string `json:"caption,omitempty"`
}

// Attachment is a PDF by the hash of its content.
type Attachment struct {
	Name string `json:"name"`
	Hash string `json:"hash"`
}

// InspectionRule says what a camera must find in a picture.
type InspectionRule struct {
	Title  string `json:"title"`
	Device string `json:"device,omitempty"` // the camera
	// PixelsPerMM is the camera's scale, for sizes in millimetres.
	PixelsPerMM *Decimal `json:"pixels_per_mm,omitempty"`
	// ReviewShare is the share of passed pictures, from 0 to 1, that a person is asked about all the same.
	ReviewShare *Decimal          `json:"review_share,omitempty"`
	Checks      []InspectionCheck `json:"checks"`
}

// InspectionCheck is one thing that is looked for. A nil bound is open; without either bound of the count, one is wanted.
// Only what lies in the zone and within the sizes counts.
type InspectionCheck struct {
	ID    string `json:"id"`
	Class string `json:"class"` // as the model names it
	// MinConfidence is what counts for sure. What lies under it is doubtful and goes to a person where it matters, down to
	// IgnoreBelow, under which it is noise; nil ignores nothing.
	MinConfidence Decimal  `json:"min_confidence"`
	IgnoreBelow   *Decimal `json:"ignore_below,omitempty"`
	CountMin      *int     `json:"count_min,omitempty"`
	CountMax      *int     `json:"count_max,omitempty"`
	SizeMin       *Decimal `json:"size_min,omitempty"` // in Unit, one of SizeUnits
	SizeMax       *Decimal `json:"size_max,omitempty"`
	Unit          string   `json:"unit,omitempty"`
	Zone          *Zone    `json:"zone,omitempty"` // nil is the whole picture
}

// Zone is a part of a picture, in shares of its width and height from the upper left corner.
type Zone struct {
	X      Decimal `json:"x"`
	Y      Decimal `json:"y"`
	Width  Decimal `json:"width"`
	Height Decimal `json:"height"`
}

// Recipe is a machine's program with its parameters.
type Recipe struct {
	Title      string            `json:"title"`
	DeviceType string            `json:"device_type"`
	Device     string            `json:"device,omitempty"` // one machine; empty means every one of the type
	Program    int               `json:"program"`
	Parameters []RecipeParameter `json:"parameters"`
}

// RecipeParameter is one value that the machine is set to, with the limits within which it may be set.
type RecipeParameter struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Unit  string   `json:"unit,omitempty"`
	Value Decimal  `json:"value"`
	Lower *Decimal `json:"lower,omitempty"`
	Upper *Decimal `json:"upper,omitempty"`
}

// content is what every kind of document can say of itself.
type content interface {
	// Validate names every field that cannot work.
	Validate() error
	refers() DocumentRefs
}

// DocumentRefs are the things outside that a document names. The plant must have them.
type DocumentRefs struct {
	Materials, Stations, Devices, Skills, Instructions, Blobs []string
}

// ReadContent reads a document's content, refusing fields that its kind does not know, and answers it in the form in
// which it is stored, with what it refers to. A routing is given its product and revision, which the key decides.
func ReadContent(k RevisionKey, raw json.RawMessage) (json.RawMessage, DocumentRefs, error) {
	var c content
	var err error
	switch k.Kind {
	case DocRouting:
		var r Routing
		err = strictly(raw, &r)
		r.Product, r.Revision = k.ID, k.Revision
		c = r
	case DocInstruction:
		c, err = readInto[Instruction](raw)
	case DocInspection:
		c, err = readInto[InspectionRule](raw)
	case DocRecipe:
		c, err = readInto[Recipe](raw)
	case DocPlan:
		c, err = readInto[InspectionPlan](raw)
	case DocRework:
		c, err = readInto[ReworkRouting](raw)
	default:
		err = k.Validate()
	}
	if err != nil {
		return nil, DocumentRefs{}, err
	}
	stored, err := json.Marshal(c)
	return stored, c.refers(), errors.Join(err, c.Validate())
}

func readInto[T content](raw json.RawMessage) (T, error) {
	var v T
	err := strictly(raw, &v)
	return v, err
}

func strictly(raw json.RawMessage, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("more than one document stands there")
		}
	}
	if err == nil {
		return nil
	}
	var f Faults
	f.Add("content", "%s", strings.TrimPrefix(err.Error(), "json: "))
	return f.Err("The document cannot be read.")
}

// Validate names every field that cannot work.
func (i Instruction) Validate() error {
	var f Faults
	f.Check(!blank(i.Title), "title", "is missing")
	f.Check(!blank(i.Text) || len(i.Pictures) > 0 || i.Attachment != nil, "text", "is missing, and so are pictures and attachment")
	ids := idsOf{}
	for n, p := range i.Pictures {
		at := fmt.Sprintf("pictures[%d]", n)
		ids.check(&f, at, p.ID)
		f.Check(p.Hash != "", at+".hash", "is missing")
	}
	if i.Attachment != nil {
		f.Check(!blank(i.Attachment.Name), "attachment.name", "is missing")
		f.Check(i.Attachment.Hash != "", "attachment.hash", "is missing")
	}
	return f.Err("The work instruction is refused.")
}

func (i Instruction) refers() DocumentRefs {
	var r DocumentRefs
	for _, p := range i.Pictures {
		r.Blobs = append(r.Blobs, p.Hash)
	}
	if i.Attachment != nil {
		r.Blobs = append(r.Blobs, i.Attachment.Hash)
	}
	return r
}

// Validate names every field that cannot work.
func (i InspectionRule) Validate() error {
	var f Faults
	f.Check(!blank(i.Title), "title", "is missing")
	f.Check(len(i.Checks) > 0, "checks", "at least one is needed")
	ids := idsOf{}
	for n, c := range i.Checks {
		at := fmt.Sprintf("checks[%d]", n)
		ids.check(&f, at, c.ID)
		f.Check(!blank(c.Class), at+".class", "is missing")
		f.Check(c.MinConfidence.IsPositive() && c.MinConfidence.LessThanOrEqual(One), at+".min_confidence", "must be above 0 and at most 1")
		f.Check(c.CountMin == nil || *c.CountMin >= 0, at+".count_min", "must not be below 0")
		f.Check(c.CountMax == nil || *c.CountMax >= 0, at+".count_max", "must not be below 0")
		f.Check(c.CountMin == nil || c.CountMax == nil || *c.CountMin <= *c.CountMax, at+".count_min", "is above the most that may be found")
		f.Check(c.SizeMin == nil || c.SizeMax == nil || c.SizeMin.LessThanOrEqual(*c.SizeMax), at+".size_min", "is above the largest size")
		c.Zone.validate(&f, at+".zone")
	}
	i.validateJudging(&f)
	return f.Err("The inspection rule is refused.")
}

func (z *Zone) validate(f *Faults, at string) {
	if z == nil {
		return
	}
	f.Check(!z.X.IsNegative() && !z.Y.IsNegative(), at, "begins outside the picture")
	f.Check(z.Width.IsPositive() && z.Height.IsPositive(), at, "has no size")
	f.Check(z.X.Add(z.Width).LessThanOrEqual(One) && z.Y.Add(z.Height).LessThanOrEqual(One), at, "ends outside the picture")
}

func (i InspectionRule) refers() DocumentRefs { return DocumentRefs{Devices: named(i.Device)} }

// Validate names every field that cannot work.
func (r Recipe) Validate() error {
	var f Faults
	f.Check(!blank(r.Title), "title", "is missing")
	f.Check(!blank(r.DeviceType), "device_type", "is missing")
	f.Check(r.Program > 0, "program", "must be above 0")
	f.Check(len(r.Parameters) > 0, "parameters", "at least one is needed")
	ids := idsOf{}
	for n, p := range r.Parameters {
		at := fmt.Sprintf("parameters[%d]", n)
		ids.check(&f, at, p.ID)
		f.Check(!blank(p.Name), at+".name", "is missing")
		f.Check(p.Lower == nil || p.Upper == nil || p.Lower.LessThanOrEqual(*p.Upper), at+".lower", "lower limit is above the upper one")
		c := Characteristic{Lower: p.Lower, Upper: p.Upper}
		f.Check(c.Within(p.Value), at+".value", "lies outside the limits")
	}
	return f.Err("The recipe is refused.")
}

func (r Recipe) refers() DocumentRefs { return DocumentRefs{Devices: named(r.Device)} }

// refers lists what the routing names.
func (r Routing) refers() DocumentRefs {
	out := DocumentRefs{Materials: []string{r.Product}}
	for _, o := range r.Operations {
		out.Stations = append(out.Stations, o.Stations...)
		if o.Qualification != nil {
			out.Skills = append(out.Skills, o.Qualification.ID)
		}
		for _, s := range o.Steps {
			if s.Component != nil {
				out.Materials = append(out.Materials, s.Component.Material)
			}
			out.Devices = append(out.Devices, named(s.Device)...)
			out.Instructions = append(out.Instructions, named(s.Document)...)
			out.Blobs = append(out.Blobs, named(s.Picture)...)
		}
	}
	return out
}

func named(id string) []string {
	if id == "" {
		return nil
	}
	return []string{id}
}

// idsOf notes the IDs of a list's items.
type idsOf map[string]bool

func (s idsOf) check(f *Faults, at, id string) {
	f.Check(routingID.MatchString(id), at+".id", idForm)
	f.Check(!s[id], at+".id", "is given twice")
	s[id] = true
}
