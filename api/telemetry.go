package api

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

// Bounds of what one question may ask for.
const (
	maxSeriesTags   = 20
	maxSeriesPoints = 5000
	maxRawWindow    = 48 * time.Hour // of texts, which are never rolled up
	maxExportDays   = 31
)

func (s *Server) telemetryRoutes() {
	handle(s, route{Method: "POST", Path: "/edge/telemetry", ID: "reportTelemetry", Group: "edge", Right: policies.EdgeReport, Judged: true, Body: mes.MaxTelemetryBody,
		Short: "Store values that an edge node has recorded",
		Long: "The body holds records, each after its length in 4 bytes, big-endian. first is the number of the first one; numbers of a node go on without gaps. What was stored before is left out, so a batch may be sent again until it is answered. " +
			"429 asks for a pause: nothing was stored."}, s.reportTelemetry)
	get := func(path, id, short string, table bool) route {
		return route{Method: "GET", Path: "/telemetry/" + path, ID: id, Group: "telemetry", Right: policies.TelemetryRead, Table: table, Short: short}
	}
	handle(s, get("tags", "listTags", "Tags of devices that values are recorded of, with their newest values", true), s.listTags)
	series := get("series", "getSeries", "Tags over a time, in buckets of equal width with the smallest, largest and mean value", false)
	series.Long = "Made of raw values, minutes or hours, whichever is the coarsest that is fine enough. The mean is that of the samples, which are taken when a value changes and at least once a minute. A bucket without values is left out: nothing is known of it."
	handle(s, series, s.getSeries)
	handle(s, get("notices", "listTelemetryNotices", "What was noticed about devices' values: floods, clocks that are wrong, values that were lost", true), s.listTelemetryNotices)
	for _, name := range []string{"CSV", "Parquet"} {
		form := strings.ToLower(name)
		r := get("export."+form, "exportTelemetry"+name, "Raw values as "+name+", tag by tag in order of time", false)
		r.Answers = map[string]*huma.Response{"200": {Description: "The file.", Content: map[string]*huma.MediaType{exportTypes[form]: {Schema: binarySchema()}}}}
		handle(s, r, func(ctx context.Context, in *valuesInput) (*huma.StreamResponse, error) {
			return s.exportTelemetry(ctx, in, form)
		})
	}
}

// tagQualityWord is how a quality reads in JSON.
type tagQualityWord string

type telemetryInput struct {
	Node    string `query:"node" required:"true" minLength:"1" maxLength:"64" doc:"Made by the edge node's buffer; another buffer is another node."`
	First   int64  `query:"first" required:"true" minimum:"1"`
	RawBody []byte `contentType:"application/octet-stream"`
}

// reportTelemetry stores a batch. So many bytes may be on their way into the tables at once; more is asked to wait, since the
// edge has a disk to keep it on and this process has not.
func (s *Server) reportTelemetry(ctx context.Context, in *telemetryInput) (*one[mes.TagTaken], error) {
	if err := s.decide(ctx, mes.Case{}); err != nil {
		return nil, err
	}
	size := int64(len(in.RawBody))
	if !s.values.TryAcquire(size) {
		return nil, mes.Refuse(mes.CodeTooMany, "More values arrive at this moment than can be stored.", "Nothing was stored.", "Send it again in a moment.")
	}
	defer s.values.Release(size)
	records, err := mes.SplitRecords(in.RawBody)
	if err != nil {
		var f mes.Faults
		f.Add("body", "%s", err)
		return nil, f.Err("Nothing was stored.")
	}
	return answer(s.Telemetry.Take(ctx, requestOf(ctx).who.Site, mes.TagBatch{Node: in.Node, First: in.First, Records: records}))
}

type tagListInput struct {
	ListInput
	Device  string      `query:"device" maxLength:"64"`
	Station string      `query:"station" maxLength:"64"`
	Kind    mes.TagKind `query:"kind"`
	ID      []int       `query:"id" maxItems:"100" doc:"Only these."`
}

func (s *Server) listTags(ctx context.Context, in *tagListInput) (*one[mes.Page[mes.Tag]], error) {
	f := mes.TagFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Device: in.Device, Station: in.Station, Kind: in.Kind, IDs: in.ID}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.Tag], error) { return s.Telemetry.Tags(ctx, f) })
}

// TelemetryWindow is a stretch of time of some tags.
type TelemetryWindow struct {
	Tag   []int     `query:"tag" required:"true" minItems:"1" maxItems:"20" doc:"IDs of tags."`
	From  time.Time `query:"from" required:"true"`
	Until time.Time `query:"until" required:"true"`
}

// window checks the stretch; most is how long it may be, 0 for any length.
func (w TelemetryWindow) window(ctx context.Context, most time.Duration, kept string) (mes.TagWindow, error) {
	var f mes.Faults
	f.Check(w.Until.After(w.From), "until", "is not after from")
	f.Check(w.From.Year() >= 2000 && w.Until.Year() < 2200, "from", "is out of all bounds")
	f.Check(len(w.Tag) >= 1 && len(w.Tag) <= maxSeriesTags, "tag", "names 1 to %d tags", maxSeriesTags)
	f.Check(most == 0 || w.Until.Sub(w.From) <= most, "until", "is more than %d days after from", int(most/(24*time.Hour)))
	return mes.TagWindow{Site: requestOf(ctx).who.Site, Tags: w.Tag, From: w.From, Until: w.Until}, f.Err(kept)
}

type seriesInput struct {
	TelemetryWindow
	Points int `query:"points" minimum:"1" maximum:"5000" default:"600" doc:"The most buckets of each tag."`
}

// SeriesAnswer is the series of each tag that was asked for, in that order.
type SeriesAnswer struct {
	From   time.Time       `json:"from"`
	Until  time.Time       `json:"until"`
	Now    time.Time       `json:"now"`
	Series []mes.TagSeries `json:"series"`
}

func (s *Server) getSeries(ctx context.Context, in *seriesInput) (*one[SeriesAnswer], error) {
	w, err := in.window(ctx, 0, "The series can't be read like this.")
	if err != nil {
		return nil, err
	}
	got, err := s.Telemetry.Series(ctx, w, min(max(in.Points, 1), maxSeriesPoints))
	return answer(SeriesAnswer{From: w.From, Until: w.Until, Now: s.Now().UTC(), Series: got}, err)
}

func (s *Server) listTelemetryNotices(ctx context.Context, in *ListInput) (*one[mes.Page[mes.TagNotice]], error) {
	p := in.paging()
	return page(ctx, s, &p, func() (mes.Page[mes.TagNotice], error) { return s.Telemetry.Notices(ctx, requestOf(ctx).who.Site, p) })
}

func exportName(w mes.TagWindow, form string) string {
	return fmt.Sprintf("values-%s-%s.%s", w.From.UTC().Format("20060102T1504"), w.Until.UTC().Format("20060102T1504"), form)
}
