package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/oee"
	"github.com/steelthread/steelthread/mes/sampling"
	"github.com/steelthread/steelthread/policies"
)

// enumValues lists, for the OpenAPI document, the words that a type of package mes can be.
var enumValues = map[reflect.Type][]any{}

// enum stands for T in the document: a string that is one of T's words.
type enum[T ~string] struct{}

// Schema lists the words.
func (enum[T]) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Enum: enumValues[reflect.TypeFor[T]()]}
}

func words[T ~string](r huma.Registry, values ...T) {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	enumValues[reflect.TypeFor[T]()] = list
	r.RegisterTypeAlias(reflect.TypeFor[T](), reflect.TypeFor[enum[T]]())
}

// describeTypes teaches the registry the types of package mes that are more than their Go kind says.
func describeTypes(r huma.Registry) {
	r.RegisterTypeAlias(reflect.TypeFor[mes.Decimal](), reflect.TypeFor[decimalOut]())
	r.RegisterTypeAlias(reflect.TypeFor[mes.TagQuality](), reflect.TypeFor[tagQualityWord]())
	words[tagQualityWord](r, "bad", "uncertain", "good")
	words(r, mes.TagNumber, mes.TagBool, mes.TagText)
	words(r, mes.LevelRaw, mes.LevelMinute, mes.LevelHour)
	words(r, mes.TagNoticeFlood, mes.TagNoticeClock, mes.TagNoticeLost, mes.TagNoticeTorn)
	words(r, mes.OrderCreated, mes.OrderReleased, mes.OrderRunning, mes.OrderHeld, mes.OrderCompleted, mes.OrderClosed, mes.OrderCancelled)
	words(r, mes.LotAvailable, mes.LotConsumed, mes.LotQueued, mes.LotRunning, mes.LotPaused, mes.LotReview, mes.LotPacked, mes.LotShipped, mes.LotScrapped, mes.LotReturned, mes.LotVoid, mes.LotMerged)
	words(r, mes.WaitNothing, mes.WaitStation, mes.WaitOperator, mes.WaitMachine, mes.WaitCamera, mes.WaitAnswer, mes.WaitReview, mes.WaitSigned)
	words(r, mes.StepConfirm, mes.StepScan, mes.StepMeasure, mes.StepDevice, mes.StepVision, mes.StepLabel)
	words(r, mes.ResultPass, mes.ResultFail, mes.ResultUndecided, mes.ResultSilent)
	words(r, mes.SilenceHold, mes.SilenceAsk, mes.SilenceRetry)
	words(r, mes.FailScrap, mes.FailReview)
	words(r, mes.DecidePass, mes.DecideRework, mes.DecideScrap)
	words(r, mes.HoldOrder, mes.HoldLot)
	words(r, mes.CriterionKinds...)
	words(r, mes.Follows...)
	words(r, mes.ContainmentStates...)
	words(r, mes.Places...)
	words(r, mes.HoldDecisions...)
	words(r, mes.TrackSerial, mes.TrackLot)
	words(r, mes.LevelSite, mes.LevelArea, mes.LevelLine, mes.LevelStation)
	words(r, mes.MatchWaiting, mes.MatchLate, mes.MatchDuplicate, mes.MatchUnknown)
	words(r, mes.MessagePending, mes.MessageDelivered, mes.MessageDead)
	words(r, mes.ToERP, mes.ToWorkflow, mes.ToArchive, mes.ToMail, mes.ToWebhook)
	words(r, mes.CallStates...)
	words(r, mes.CallByPerson, mes.CallByMachine, mes.CallByRule)
	words(r, mes.Channels...)
	words(r, mes.RoutingDraft, mes.RoutingApproved, mes.RoutingSuperseded, mes.RoutingRework)
	words(r, mes.ScanLot, mes.ScanComponent, mes.ScanAccount, mes.ScanUnknown)
	words(r, mes.TraceUp, mes.TraceDown, mes.TraceBoth)
	words(r, mes.DocumentKinds...)
	words(r, mes.LabelCounts, mes.LabelWaits, mes.LabelRejected)
	words(r, mes.ReviewWaiting, mes.ReviewLabelled)
	words(r, mes.ModelPerson, mes.RulePerson, mes.ModelRule)
	words(r, mes.ModelStates...)
	words(r, mes.RunsPlaces...)
	words(r, mes.AnswerAcknowledged, mes.AnswerFalseAlarm, mes.AnswerAccepted, mes.AnswerRecount, mes.AnswerAdjust)
	words(r, mes.DocumentStates...)
	words(r, mes.SourceHere, mes.SourceImport)
	words(r, mes.WasAdded, mes.WasRemoved, mes.WasMoved, mes.WasChanged)
	words(r, mes.ChangeRequested, mes.ChangeApproved, mes.ChangeRejected)
	words(r, mes.AccountPerson, mes.AccountService)
	words(r, mes.AccountActive, mes.AccountLocked, mes.AccountEnded)
	words(r, mes.SecretPassword, mes.SecretPIN)
	words(r, mes.AssignedHere, mes.AssignedByOIDC)
	words(r, mes.TokenActive, mes.TokenExpired, mes.TokenRevoked)
	words(r, mes.Roles...)
	words(r, mes.Meanings...)
	words(r, mes.SignatureValid, mes.SignatureVoided, mes.SignatureForged)
	words(r, mes.RequestOpen, mes.RequestSigned, mes.RequestRejected, mes.RequestVoided)
	words(r, mes.SignedByPassword, mes.SignedByBadge)
	words(r, policies.Rights...)
	words(r, mes.DeviationKinds...)
	words(r, mes.PlanPoints...)
	words(r, mes.InspectionStates...)
	words(r, mes.GaugeStates...)
	words(r, mes.InTolerance, mes.OutOfTolerance)
	words(r, sampling.Modes...)
	words(r, sampling.RuleTighten, sampling.RuleNormal, sampling.RuleDiscontinue, sampling.RuleReduce, sampling.RuleNotAccepted, sampling.RuleIrregular, sampling.RuleResume)
	words(r, mes.RecordOpen, mes.RecordReleased, mes.RecordRejected, mes.RecordVoided)
	words(r, mes.NCSources...)
	words(r, mes.NCStates...)
	words(r, mes.DispositionKinds...)
	words(r, mes.ProposalOpen, mes.ProposalDone, mes.ProposalRejected, mes.ProposalWithdrawn)
	words(r, mes.PermitStates...)
	words(r, mes.CostByCode, mes.CostByProduct, mes.CostByMonth)
	words(r, mes.CalendarHoliday, mes.CalendarExtra, mes.CalendarPlanned)
	words(r, mes.PlannedOff, mes.PlannedShift, mes.PlannedBreak, mes.PlannedDown)
	words(r, oee.Categories...)
	words(r, oee.Time, oee.Units, oee.UnitsPerHour)
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }
