package mes

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// RecallPlace says where the pieces of a lot are.
type RecallPlace string

// The places.
const (
	RecallStock   RecallPlace = "stock"   // received or packed, in the plant
	RecallWork    RecallPlace = "work"    // on its way through a routing
	RecallShipped RecallPlace = "shipped" // at a customer
	RecallUsed    RecallPlace = "used"    // in other lots, which are on the sheet themselves
	RecallScrap   RecallPlace = "scrap"
	RecallSent    RecallPlace = "returned" // back at the supplier
)

// RecalledLot is one lot that a recall found, with what became of every piece of it.
type RecalledLot struct {
	Lot          string      `json:"lot"`
	Material     string      `json:"material"`
	Name         string      `json:"name"`
	Unit         string      `json:"unit"`
	Origin       string      `json:"origin"`
	State        LotState    `json:"state"`
	Depth        int         `json:"depth"` // 0 is the recalled lot; above 0 what it went into, below 0 what it came from
	Place        RecallPlace `json:"place"` // of what is left of it; used when nothing is
	Station      string      `json:"station,omitempty"`
	Held         bool        `json:"held"`
	Supplier     string      `json:"supplier,omitempty"`
	SupplierLot  string      `json:"supplier_lot,omitempty"`
	Order        string      `json:"order,omitempty"`
	Customer     string      `json:"customer,omitempty"`
	DeliveryNote string      `json:"delivery_note,omitempty"`
	ShippedAt    *time.Time  `json:"shipped_at,omitempty"`

	// Made is what there was of it, as received or started. The rest says where that went.
	Made     Decimal `json:"made"`
	Stock    Decimal `json:"stock"`
	Work     Decimal `json:"work"`
	Shipped  Decimal `json:"shipped"`
	Used     Decimal `json:"used"` // consumed by other lots
	SplitOff Decimal `json:"split_off"`
	Scrapped Decimal `json:"scrapped"`
	Returned Decimal `json:"returned"` // to its supplier
	// Missing is what nothing accounts for: 0 in a ledger that holds.
	Missing Decimal `json:"missing"`
}

// LotBalance is a lot's quantities as the ledger has them.
type LotBalance struct {
	Quantity  Decimal
	Remaining Decimal
	Scrapped  Decimal
	SplitOff  Decimal
	Consumed  Decimal
	Returned  Decimal
}

// Balance fills in where every piece of the lot is. What remains is in the plant or at the customer, by the lot's state.
func (l RecalledLot) Balance(b LotBalance) RecalledLot {
	l.Made, l.Scrapped, l.Used, l.SplitOff, l.Returned = b.Quantity, b.Scrapped, b.Consumed, b.SplitOff, b.Returned
	l.Stock, l.Work, l.Shipped = Zero, Zero, Zero
	switch l.State {
	case LotShipped:
		l.Place, l.Shipped = RecallShipped, b.Remaining
	case LotQueued, LotRunning, LotPaused, LotReview:
		l.Place, l.Work = RecallWork, b.Remaining
	case LotReturned:
		l.Place, l.Stock = RecallSent, b.Remaining
	case LotScrapped:
		l.Place, l.Stock = RecallScrap, b.Remaining
	case LotVoid:
		// Its pieces went back to what its order has not started, so there are none.
		l.Place, l.Made = RecallScrap, b.Scrapped.Add(b.Consumed).Add(b.SplitOff).Add(b.Returned).Add(b.Remaining)
	default:
		l.Place, l.Stock = RecallStock, b.Remaining
		if b.Remaining.IsZero() {
			l.Place = RecallUsed
		}
	}
	there := l.Stock.Add(l.Work).Add(l.Shipped).Add(l.Used).Add(l.SplitOff).Add(l.Scrapped).Add(l.Returned)
	l.Missing = l.Made.Sub(there)
	return l
}

// RecallSum is one line of the sheet: all lots of one material on one side of the recalled one.
type RecallSum struct {
	Material string  `json:"material"`
	Name     string  `json:"name"`
	Unit     string  `json:"unit"`
	Lots     int     `json:"lots"`
	Made     Decimal `json:"made"`
	Stock    Decimal `json:"stock"`
	Work     Decimal `json:"work"`
	Shipped  Decimal `json:"shipped"`
	Used     Decimal `json:"used"`
	SplitOff Decimal `json:"split_off"`
	Scrapped Decimal `json:"scrapped"`
	Returned Decimal `json:"returned"`
	Missing  Decimal `json:"missing"`
}

// RecallCustomer is what one customer has of it.
type RecallCustomer struct {
	Customer      string    `json:"customer"`
	DeliveryNotes []string  `json:"delivery_notes"`
	Lots          []string  `json:"lots"`
	Quantity      Decimal   `json:"quantity"`
	First         time.Time `json:"first"` // shipped between First and Last
	Last          time.Time `json:"last"`
}

// RecallFound is what a recall found, as it was at that moment.
type RecallFound struct {
	// Affected are the recalled lot and all that it went into: what must be found and held.
	Affected []RecalledLot `json:"affected"`
	// Sources are what it was made of: where the cause may lie.
	Sources   []RecalledLot    `json:"sources"`
	Edges     []GraphEdge      `json:"edges"`
	Sheet     []RecallSum      `json:"sheet"` // of the affected, by material
	Customers []RecallCustomer `json:"customers"`
	// Truncated tells that there are more lots than one answer holds.
	Truncated bool `json:"truncated,omitempty"`
}

// Recall is a search for everything that a lot touched: a drill, or in earnest.
type Recall struct {
	ID          string     `json:"id"`
	Site        string     `json:"site"`
	Lot         string     `json:"lot"`
	Mock        bool       `json:"mock"`
	Reason      string     `json:"reason"`
	StartedBy   string     `json:"started_by"`
	StartedAt   time.Time  `json:"started_at"`
	TracedAt    time.Time  `json:"traced_at"`
	TraceMS     int64      `json:"trace_ms"` // from start to everything found
	Balanced    bool       `json:"balanced"`
	Lots        int        `json:"lots"`      // affected
	Customers   int        `json:"customers"` // who have some of it
	Hash        string     `json:"hash"`      // SHA-256 of what was found, in canonical JSON (RFC 8785)
	CompletedBy string     `json:"completed_by,omitempty"`
	CompletedAt *time.Time `json:"completed_at,omitempty"`
	Note        string     `json:"note,omitempty"`
}

// Assemble puts what was found in order, with its sums.
func (f RecallFound) Assemble() RecallFound {
	nearest := func(a, b RecalledLot) int {
		return cmp.Or(max(a.Depth, -a.Depth)-max(b.Depth, -b.Depth), cmp.Compare(a.Lot, b.Lot))
	}
	slices.SortFunc(f.Affected, nearest)
	slices.SortFunc(f.Sources, nearest)
	f.Sheet, f.Customers = sheetOf(f.Affected), customersOf(f.Affected)
	return f
}

// Balanced tells that every piece of every affected lot is accounted for.
func (f RecallFound) Balanced() bool {
	return !slices.ContainsFunc(f.Affected, func(l RecalledLot) bool { return !l.Missing.IsZero() }) && !f.Truncated
}

func sheetOf(lots []RecalledLot) []RecallSum {
	out, at := []RecallSum{}, map[string]int{}
	for _, l := range lots {
		i, ok := at[l.Material]
		if !ok {
			i = len(out)
			at[l.Material] = i
			out = append(out, RecallSum{Material: l.Material, Name: l.Name, Unit: l.Unit, Made: Zero, Stock: Zero, Work: Zero, Shipped: Zero, Used: Zero, SplitOff: Zero, Scrapped: Zero, Returned: Zero, Missing: Zero})
		}
		s := &out[i]
		s.Lots++
		for _, v := range []struct {
			sum *Decimal
			of  Decimal
		}{{&s.Made, l.Made}, {&s.Stock, l.Stock}, {&s.Work, l.Work}, {&s.Shipped, l.Shipped}, {&s.Used, l.Used}, {&s.SplitOff, l.SplitOff}, {&s.Scrapped, l.Scrapped}, {&s.Returned, l.Returned}, {&s.Missing, l.Missing}} {
			*v.sum = v.sum.Add(v.of)
		}
	}
	return out
}

func customersOf(lots []RecalledLot) []RecallCustomer {
	out, at := []RecallCustomer{}, map[string]int{}
	for _, l := range lots {
		if l.Place != RecallShipped || l.ShippedAt == nil {
			continue
		}
		i, ok := at[l.Customer]
		if !ok {
			i = len(out)
			at[l.Customer] = i
			out = append(out, RecallCustomer{Customer: l.Customer, Quantity: Zero, First: *l.ShippedAt, Last: *l.ShippedAt})
		}
		c := &out[i]
		c.Lots, c.Quantity = append(c.Lots, l.Lot), c.Quantity.Add(l.Shipped)
		if !slices.Contains(c.DeliveryNotes, l.DeliveryNote) {
			c.DeliveryNotes = append(c.DeliveryNotes, l.DeliveryNote)
		}
		if l.ShippedAt.Before(c.First) {
			c.First = *l.ShippedAt
		}
		if l.ShippedAt.After(c.Last) {
			c.Last = *l.ShippedAt
		}
	}
	slices.SortFunc(out, func(a, b RecallCustomer) int { return cmp.Compare(a.Customer, b.Customer) })
	return out
}

// NewRecall asks for a recall.
type NewRecall struct {
	Lot    string `json:"lot"`
	Mock   bool   `json:"mock"`
	Reason string `json:"reason"`
}

// RecallFilter narrows a list of recalls, newest first.
type RecallFilter struct {
	Paging
	Site string
}

// Recalls finds everything that a lot touched, and keeps what was found.
type Recalls interface {
	// Start traces the lot both ways and stores what was found. The same key answers the first recall. It moves nothing and
	// holds nothing. Codes: not_found, unprocessable (reason).
	Start(ctx context.Context, key, site string, by Actor, r NewRecall) (Recall, error)
	// List reads a page. Codes: unprocessable (cursor).
	List(ctx context.Context, f RecallFilter) (Page[Recall], error)
	// Get reads one with what was found. Codes: not_found.
	Get(ctx context.Context, site, id string) (Recall, RecallFound, error)
	// Complete says that every piece was reached, and how; once. Codes: not_found, conflict, unprocessable (note).
	Complete(ctx context.Context, site, id string, by Actor, note string) (Recall, error)
}
