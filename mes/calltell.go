package mes

import (
	"fmt"
	"strings"
	"time"
)

// Sentence tells in words who calls for what.
func (c Call) Sentence() string {
	text := fmt.Sprintf("%s calls: %s", c.Station, c.KindName)
	if c.Text != "" {
		text += ". " + c.Text
	}
	return text
}

// Tell is what is said of the call when a step falls due: who calls, since when, and whether somebody is coming.
func (c Call) Tell(r Rung, zone *time.Location) string {
	since := c.OpenAt.In(zone).Format("15:04 MST")
	coming := "Nobody is coming yet"
	if c.AcknowledgedBy != "" {
		coming = fmt.Sprintf("%s is coming since %s", c.AcknowledgedBy, c.AcknowledgedAt.In(zone).Format("15:04 MST"))
	}
	if r.AfterMin == 0 {
		return fmt.Sprintf("%s, since %s. %s.", strings.TrimRight(c.Sentence(), "."), since, coming)
	}
	return fmt.Sprintf("%s, for %d min since %s. %s.", strings.TrimRight(c.Sentence(), "."), r.AfterMin, since, coming)
}

// Mail writes a step's mail to one address.
func (c Call) Mail(r Rung, to string, zone *time.Location) CallMail {
	subject := fmt.Sprintf("%s: %s calls for %s", c.ID, c.Station, c.KindName)
	text := fmt.Sprintf("%s\n\nCall: %s\nLine: %s\nStation: %s\nRaised: %s by %s\nTold: %s\n", c.Tell(r, zone), c.ID, c.Line, c.Station,
		c.OpenAt.In(zone).Format("2 Jan 2006, 15:04:05 MST"), c.RaisedBy, r.Role)
	return CallMail{Call: c.ID, To: to, Subject: oneLine(subject), Text: text}
}

// Notice writes a step for the webhook.
func (c Call) Notice(r Rung) CallNotice {
	return CallNotice{Call: c.ID, Site: c.Site, Line: c.Line, Station: c.Station, Kind: c.Kind, Text: c.Text, Severity: c.Severity, State: c.State, Step: r.Key,
		Role: r.Role, AfterMin: r.AfterMin, OpenAt: c.OpenAt, AcknowledgedBy: c.AcknowledgedBy}
}

// oneLine keeps a text from becoming several headers.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
