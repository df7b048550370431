package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Store is the open database. Each field implements the ports of its noun in package mes.
type Store struct {
	Orders         *Orders         // mes.Orders, mes.OrderLedger
	Lots           *Lots           // mes.Lots, mes.LotLedger
	Stations       *Stations       // mes.Stations, mes.Scans
	Genealogy      *Genealogy      // mes.Genealogy
	Materials      *Materials      // mes.Materials
	Visions        *Visions        // mes.Visions, mes.VisionLedger
	Accounts       *Accounts       // mes.Accounts
	Sessions       *Sessions       // mes.Sessions
	Events         *Events         // mes.Events
	Outbox         *Outbox         // mes.Outbox, mes.Outboxes
	Audits         *Audits         // mes.Audits
	Answers        *Answers        // mes.Answers
	Blobs          *Blobs          // mes.Blobs
	Plant          *Plant          // mes.Plant
	Archive        *Archive        // mes.Archive
	Alerts         *Alerts         // mes.Alerts
	Qualifications *Qualifications // mes.Qualifications, mes.QualificationLedger
	Labour         *Labour         // mes.Labour
	Documents      *Documents      // mes.Documents, mes.DocumentLedger
	Changes        *OrderChanges   // mes.OrderChanges
	Signatures     *Signatures     // mes.Signatures
	Restores       *Restores       // mes.Restores
	Terminals      *Terminals      // mes.Terminals
	Shifts         *Shifts         // mes.Shifts
	Devices        *Devices        // mes.Devices
	Reviews        *AuditReviews   // mes.AuditReviews
	Records        *HistoryRecords // mes.Records
	Releases       *Releases       // mes.Releases

	// Reactions.
	Reactions *Reactions // mes.Reactions

	// Verdicts, models.

	// Inspection review.
	VerdictReviews *VerdictReviews // mes.VerdictReviews, mes.RuleTrials
	Models         *Models         // mes.Models
	StationStops   *StationStops   // mes.StationStops
	VisionEvents   *VisionEvents   // mes.VisionEvents

	// Containment.
	Containments *Containments // mes.Containments, mes.ContainmentLedger

	// Statistical process control.
	Charts *Charts // mes.Charts

	// Inspection plans, gauges.
	Gauges      *Gauges      // mes.Gauges, mes.GaugeLedger
	Inspections *Inspections // mes.Inspections
	Studies     *Studies     // mes.GaugeStudies

	// Nonconformances.

	Nonconformances *Nonconformances // mes.Nonconformances
	DefectCodes     *DefectCodes     // mes.DefectCodes
	Permits         *Permits         // mes.Permits
	Costs           *QualityCosts    // mes.QualityCosts

	// Corrective and preventive action.
	CAPAs *CAPAs // mes.CAPAs, mes.CAPALedger

	// Recall, split, merge.
	Recalls *Recalls // mes.Recalls

	// Machines.
	Machines *Machines // mes.Machines, mes.Stops

	// Shift calendar, OEE.
	Calendars *Calendars // mes.Calendars
	Figures   *Figures   // mes.Figures, mes.FigureLedger

	// Telemetry.
	Telemetry *Telemetry // mes.Telemetry

	// Maintenance.
	Maintenances *Maintenances // mes.Maintenances, mes.MaintenanceLedger

	// Andon, line board.
	Calls  *Calls  // mes.Calls, mes.CallLedger
	Boards *Boards // mes.Boards

	// Dispatching.
	Dispatching *Dispatching // mes.Dispatching, mes.DispatchLedger

	pool *pgxpool.Pool
	bell *bell
}

// Open connects to a migrated database as the application's role, which needs no right beyond those that the migrations
// grant to mes_app. It fails when the database does not answer or its schema is older than this program.
func Open(ctx context.Context, url string) (*Store, error) {
	pool, err := openPool(ctx, url)
	if err != nil {
		return nil, err
	}
	if err := upToDate(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	return assemble(pool), nil
}

func assemble(pool *pgxpool.Pool) *Store {
	d := newDB(pool)
	events := newEvents(pool)
	go d.charts.listen(events)
	return &Store{
		Orders: &Orders{d}, Lots: &Lots{d}, Stations: &Stations{d}, Genealogy: &Genealogy{d}, Materials: &Materials{d},
		Visions: newVisions(d), Accounts: &Accounts{d}, Sessions: &Sessions{d}, Events: events, Outbox: &Outbox{db: d, events: events},
		Audits: &Audits{d}, Answers: &Answers{d}, Blobs: &Blobs{d}, Plant: &Plant{d}, Archive: &Archive{d}, Restores: &Restores{d}, Alerts: &Alerts{d}, Qualifications: &Qualifications{d}, Labour: &Labour{d}, Signatures: &Signatures{d},
		Terminals: &Terminals{d}, Shifts: &Shifts{d}, Devices: &Devices{d}, Reviews: &AuditReviews{d}, Documents: &Documents{d}, Changes: &OrderChanges{d},
		Records: &HistoryRecords{d}, Releases: &Releases{d},

		// Reactions.
		Reactions: &Reactions{d},

		// Verdicts, models.

		// Inspection review.
		VerdictReviews: &VerdictReviews{d}, Models: &Models{d}, StationStops: &StationStops{d}, VisionEvents: &VisionEvents{d},

		// Containment.
		Containments: &Containments{d},

		// Statistical process control.
		Charts: &Charts{d},

		// Inspection plans, gauges.
		Gauges: &Gauges{d}, Inspections: &Inspections{d}, Studies: &Studies{d},

		// Nonconformances.

		Nonconformances: &Nonconformances{d}, DefectCodes: &DefectCodes{d}, Permits: &Permits{d}, Costs: &QualityCosts{d},

		// Corrective and preventive action.
		CAPAs: &CAPAs{d},

		// Recall, split, merge.
		Recalls: &Recalls{d},
		pool:    pool, bell: d.bell,

		// Machines.
		Machines: &Machines{d},

		// Shift calendar, OEE.
		Calendars: &Calendars{d}, Figures: &Figures{d},

		// Telemetry.
		Telemetry: newTelemetry(d),

		// Maintenance.
		Maintenances: &Maintenances{d},

		// Andon, line board.
		Calls: &Calls{d}, Boards: &Boards{d},

		// Dispatching.
		Dispatching: &Dispatching{d},
	}
}

// Ping tells whether the database answers, and what is wrong when it does not.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.pool.Ping(ctx); err != nil {
		return fmt.Errorf("the database does not answer: %w", err)
	}
	return nil
}

// Close waits for open transactions and closes all connections.
func (s *Store) Close() {
	s.Visions.intake.close()
	s.bell.close()
	s.Events.close()
	s.pool.Close()
}
