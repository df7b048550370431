package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) studyRoutes() {
	post := func(path, id, short string) route {
		return route{Method: "POST", Path: path, ID: id, Group: "gauges", Right: policies.StudyRun, Command: true, Noun: "gauge_study", Short: short}
	}
	handle(s, route{Method: "GET", Path: "/gauge-studies", ID: "listStudies", Group: "gauges", Right: policies.StudyRead, Table: true, Short: "Gauge R&R studies, newest first"}, s.listStudies)
	handle(s, route{Method: "GET", Path: "/gauge-studies/{study}", ID: "getStudy", Group: "gauges", Right: policies.StudyRead,
		Short: "One study with its readings, and what it says once all are there"}, s.getStudy)
	begin := post("/gauge-studies", "beginStudy", "Begin a gauge R&R study")
	begin.Status = http.StatusCreated
	handle(s, begin, s.beginStudy)
	handle(s, post("/gauge-studies/{study}/readings", "enterReadings", "Store readings of a study, all or none"), s.enterReadings)
	handle(s, post("/gauge-studies/{study}/conclude", "concludeStudy", "Conclude a complete study with a word"), s.concludeStudy)
}

// StudyPath names a study in an address.
type StudyPath struct {
	Study string `path:"study" maxLength:"64"`
}

type studyListInput struct {
	ListInput
	Gauge string `query:"gauge" maxLength:"64"`
	Open  bool   `query:"open" doc:"Only those that are not concluded."`
}

func (s *Server) listStudies(ctx context.Context, in *studyListInput) (*one[mes.Page[mes.GaugeStudy]], error) {
	f := mes.GaugeStudyFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Gauge: in.Gauge, Open: in.Open}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.GaugeStudy], error) { return s.Studies.List(ctx, f) })
}

func (s *Server) getStudy(ctx context.Context, in *StudyPath) (*one[mes.GaugeStudyView], error) {
	return answer(s.Studies.Get(ctx, requestOf(ctx).who.Site, in.Study))
}

// NewStudy begins a study.
type NewStudy struct {
	Gauge          string   `json:"gauge" maxLength:"64"`
	Characteristic string   `json:"characteristic" maxLength:"200"`
	Unit           string   `json:"unit,omitempty" maxLength:"20"`
	Lower          *Amount  `json:"lower,omitempty" doc:"Lower limit of the tolerance."`
	Upper          *Amount  `json:"upper,omitempty"`
	Operators      []string `json:"operators" maxItems:"10"`
	Parts          []string `json:"parts" maxItems:"10"`
	Trials         int      `json:"trials" doc:"From 2 to 5."`
}

func (s *Server) beginStudy(ctx context.Context, in *struct{ Body NewStudy }) (*one[mes.GaugeStudyView], error) {
	r, b := requestOf(ctx), in.Body
	r.subject = b.Gauge
	trim := func(list []string) []string {
		out := make([]string, len(list))
		for i, t := range list {
			out[i] = strings.TrimSpace(t)
		}
		return out
	}
	return answer(s.Studies.Create(ctx, r.scopedKey(), r.who.Site, r.actor(), mes.GaugeStudy{Gauge: b.Gauge, Characteristic: strings.TrimSpace(b.Characteristic), Unit: b.Unit, Lower: b.Lower.or(),
		Upper: b.Upper.or(), Operators: trim(b.Operators), Parts: trim(b.Parts), Trials: b.Trials}))
}

// StudyReadings are readings of a study.
type StudyReadings struct {
	Readings []ReadingBody `json:"readings" maxItems:"500"`
}

// ReadingBody is one reading. Operator and part are named by their place in the study's lists, from 0.
type ReadingBody struct {
	Operator int    `json:"operator" minimum:"0"`
	Part     int    `json:"part" minimum:"0"`
	Trial    int    `json:"trial" minimum:"1"`
	Value    Amount `json:"value"`
	Reason   string `json:"reason,omitempty" maxLength:"500" doc:"Needed where a reading is corrected."`
}

type readingsInput struct {
	StudyPath
	Body StudyReadings
}

func (s *Server) enterReadings(ctx context.Context, in *readingsInput) (*one[mes.GaugeStudyView], error) {
	r := requestOf(ctx)
	rs := make([]mes.GaugeReading, len(in.Body.Readings))
	for i, b := range in.Body.Readings {
		rs[i] = mes.GaugeReading{Operator: b.Operator, Part: b.Part, Trial: b.Trial, Value: b.Value.Decimal, Reason: b.Reason}
	}
	return answer(s.Studies.Enter(ctx, r.scopedKey(), r.who.Site, r.actor(), in.Study, rs))
}

// Conclusion is a person's word on a study.
type Conclusion struct {
	Conclusion string `json:"conclusion" maxLength:"1000"`
}

type concludeInput struct {
	StudyPath
	Body Conclusion
}

func (s *Server) concludeStudy(ctx context.Context, in *concludeInput) (*one[mes.GaugeStudyView], error) {
	r := requestOf(ctx)
	return answer(s.Studies.Close(ctx, r.scopedKey(), r.who.Site, r.actor(), in.Study, in.Body.Conclusion))
}
