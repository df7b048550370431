package contract

import (
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/kit"
)

// QualificationWatchID is the workflow ID of the reminders of a site.
func QualificationWatchID(site string) string { return "qual/" + site }

// QualificationWatchInput starts or continues a QualificationWatch.
type QualificationWatchInput struct {
	Site string `json:"site"`
}

// QualificationWatch reminds of certificates before they end. It never ends: a site has one.
var QualificationWatch = kit.Workflow[QualificationWatchInput, struct{}]{Name: "QualificationWatch"}

// QualificationsChanged tells a QualificationWatch that certificates or skills changed.
var QualificationsChanged = kit.Signal[mes.SiteChanged]{Name: "QualificationsChanged"}

// RemindQualifications raises what is due and answers when the next reminder falls due.
var RemindQualifications = kit.Activity[QualificationWatchInput, mes.Reminded]{Name: "qualification.Remind", Profile: Record}
