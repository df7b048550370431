package mes

import (
	"context"
	"fmt"
	"time"
)

// TagKind says what a tag's values are. Truth values are kept as 0 and 1.
type TagKind string

// The kinds.
const (
	TagNumber TagKind = "number"
	TagBool   TagKind = "bool"
	TagText   TagKind = "text"
)

// TagQuality says how far the device vouches for a value, as in OPC UA Part 8. The zero value is bad.
type TagQuality uint8

// The qualities.
const (
	QualityBad TagQuality = iota
	QualityUncertain
	QualityGood
)

// String gives the word that people see.
func (q TagQuality) String() string {
	switch q {
	case QualityGood:
		return "good"
	case QualityUncertain:
		return "uncertain"
	}
	return "bad"
}

// MarshalText makes the quality a word in JSON.
func (q TagQuality) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// Bounds of telemetry.
const (
	// MaxTagText is the longest text of a value in bytes; the edge cuts what is longer.
	MaxTagText = 256
	// MaxRecordValues and MaxRecordTags bound one record of an edge node.
	MaxRecordValues = 20_000
	MaxRecordTags   = 10_000
	// MaxTelemetryBody is the largest body of values that an edge node may send, in bytes.
	MaxTelemetryBody = 8 << 20
	// MaxTagAhead is how far the edge's clock may be ahead of the house's before its times are not believed.
	MaxTagAhead = 10 * time.Minute
	// MaxTagAge is how old a value may be. An older one is of a clock that has lost its time.
	MaxTagAge = 1000 * 24 * time.Hour
)

// RecordedTag is a tag as an edge node knows it. Address is what the device calls it.
type RecordedTag struct {
	Device  string
	Name    string
	Address string
	Unit    string
	Kind    TagKind
}

// TagValue is one value of a tag.
type TagValue struct {
	Tag int // place in the record's list of tags
	// At is the device's time, or Received where that is not believed; then Source keeps what the device's clock said.
	At       time.Time
	Received time.Time
	Source   time.Time
	Quality  TagQuality
	// Number is nil for a text and for a value that is bad.
	Number *float64
	Text   string
}

// TagNoticeKind says what an edge node, or the house, noticed about a device's values.
type TagNoticeKind string

// What is noticed.
const (
	TagNoticeFlood TagNoticeKind = "flood" // more changes than the device may have: only the newest value of each tag was kept now and then
	TagNoticeClock TagNoticeKind = "clock" // the device's clock is not believed
	TagNoticeLost  TagNoticeKind = "lost"  // the edge's disk was full: the oldest records were given up
	TagNoticeTorn  TagNoticeKind = "torn"  // records that can't be read
)

// TagNotice is one stretch of such trouble. Until is zero while it goes on.
type TagNotice struct {
	Device string        `json:"device"`
	Kind   TagNoticeKind `json:"kind"`
	From   time.Time     `json:"from"`
	Until  time.Time     `json:"until,omitzero"`
	Count  int64         `json:"count"` // values, or records for lost and torn
	Detail string        `json:"detail,omitempty"`
}

// TagRecord is what an edge node recorded within a moment; it stands by itself.
type TagRecord struct {
	Tags    []RecordedTag
	Values  []TagValue
	Notices []TagNotice
}

// TagBatch is what an edge node sends: records with consecutive numbers, the first of which is First.
type TagBatch struct {
	Node    string
	First   int64
	Records [][]byte
}

// TagTaken says what became of a batch.
type TagTaken struct {
	Through int64 `json:"through"` // everything up to this record is stored
	Values  int   `json:"values"`
	Again   int   `json:"again"` // records that had been taken before
	Lost    int64 `json:"lost"`  // records that the node had to give up
	Torn    int   `json:"torn"`  // records that can't be read
}

// Tag is a tag that values were recorded of, with its newest one.
type Tag struct {
	ID      int       `json:"id"`
	Site    string    `json:"site"`
	Device  string    `json:"device"`
	Station string    `json:"station"`
	Name    string    `json:"name"`
	Address string    `json:"address"`
	Unit    string    `json:"unit"`
	Kind    TagKind   `json:"kind"`
	Since   time.Time `json:"since"`
	Last    *LastTag  `json:"last,omitempty"`
}

// LastTag is the newest value of a tag. Age is in seconds, since the edge received it.
type LastTag struct {
	At      time.Time  `json:"at"`
	Value   *float64   `json:"value"`
	Text    string     `json:"text,omitempty"`
	Quality TagQuality `json:"quality"`
	AgeS    float64    `json:"age_s"`
}

// TagFilter narrows the list of tags; empty fields do not.
type TagFilter struct {
	Paging
	Site    string
	Device  string
	Station string
	Kind    TagKind
	IDs     []int
}

// TagWindow is a stretch of time of some tags.
type TagWindow struct {
	Site        string
	Tags        []int
	From, Until time.Time
}

// TagSeries is a tag's values in buckets of equal width.
type TagSeries struct {
	Tag Tag `json:"tag"`
	// Source says what the buckets were made of: raw values, minutes or hours.
	Source TagLevel    `json:"source"`
	WidthS float64     `json:"width_s"`
	Points []TagBucket `json:"points"`
}

// TagBucket is one bucket of a series. Min, max and mean are of good numbers; they are empty where there was none.
type TagBucket struct {
	At   time.Time `json:"at"`
	Min  *float64  `json:"min"`
	Max  *float64  `json:"max"`
	Mean *float64  `json:"mean"`
	N    int64     `json:"n"`
	Bad  int64     `json:"bad"`
	Text string    `json:"text,omitempty"` // the last text, where the tag is one
}

// TagRow is one raw value as an export has it.
type TagRow struct {
	Device   string
	Tag      string
	Unit     string
	At       time.Time
	Value    *float64
	Text     string
	Quality  TagQuality
	Received time.Time
	Source   *time.Time
}

// Retention says how many days values are kept, raw and rolled up.
type Retention struct {
	Raw, Minute, Hour int
}

// DefaultRetention keeps raw values for a month, minutes for more than a year and hours for ten.
var DefaultRetention = Retention{Raw: 31, Minute: 400, Hour: 3660}

// Kept says what a look at the partitions did.
type Kept struct {
	Made    int
	Dropped []string
}

// Telemetry is what the API needs of the recorded values.
type Telemetry interface {
	// Take stores what is new of a batch, all or nothing.
	Take(ctx context.Context, site string, b TagBatch) (TagTaken, error)
	Tags(ctx context.Context, f TagFilter) (Page[Tag], error)
	Series(ctx context.Context, w TagWindow, points int) ([]TagSeries, error)
	// Export gives raw values, tag by tag and in order of time. An error of fn ends it.
	Export(ctx context.Context, w TagWindow, fn func(*TagRow) error) error
	Notices(ctx context.Context, site string, p Paging) (Page[TagNotice], error)
}

// TelemetryLedger is what the core role does with the recorded values, in any number of processes at once.
type TelemetryLedger interface {
	// RollUp rolls up some of what waits for it and says how many minutes and hours that were; 0 means that nothing waits.
	RollUp(ctx context.Context) (int, error)
	// Keep makes the partitions of the next days and drops those whose time is over.
	Keep(ctx context.Context, r Retention) (Kept, error)
}

// Text tells of a notice in words.
func (n TagNotice) Text() string {
	switch n.Kind {
	case TagNoticeFlood:
		return fmt.Sprintf("%s sent more changes than it may. %d values were left out, the newest of each tag was kept now and then.", n.Device, n.Count)
	case TagNoticeClock:
		if n.Device == "" {
			return fmt.Sprintf("The clock of an edge node is wrong. %d values were stored at the time when they arrived.", n.Count)
		}
		return fmt.Sprintf("The clock of %s is not believed. %d values were stored at the time when they were received.", n.Device, n.Count)
	case TagNoticeLost:
		return fmt.Sprintf("%d records of values were given up, since the disk of an edge node was full. %s", n.Count, n.Detail)
	}
	return fmt.Sprintf("%d records of values can't be read and were left out. %s", n.Count, n.Detail)
}
