package plant

import (
	"fmt"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// withPictures replaces the steps' picture names by the hashes under which the pictures are stored.
func withPictures(r mes.Routing, pictures map[string]mes.Blob) mes.Routing {
	for i := range r.Operations {
		for j := range r.Operations[i].Steps {
			s := &r.Operations[i].Steps[j]
			if s.Picture != "" {
				s.Picture = hashOf(pictures, s.Picture)
			}
		}
	}
	return r
}

// complete fills what an account may leave out, and turns relative dates into days.
func (a Account) complete(site string, now time.Time) Account {
	if a.Kind == "" {
		a.Kind = mes.AccountPerson
	}
	if a.Site == "" {
		a.Site = site
	}
	for i, q := range a.Qualifications {
		a.Qualifications[i].ExpiresAt = expiry(q.ExpiresAt, q.ExpiresInDays, now)
	}
	return a
}

// receipts are the lots that an entry stands for.
func (l lot) receipts(now time.Time) []mes.Receipt {
	one := mes.Receipt{Lot: l.Lot, Material: l.Material, Quantity: l.Quantity, Supplier: l.Supplier, SupplierLot: l.SupplierLot,
		ExpiresAt: expiry(l.ExpiresAt, l.ExpiresInDays, now)}
	if l.Serials == nil {
		return []mes.Receipt{one}
	}
	out := make([]mes.Receipt, l.Serials.Count)
	for i := range out {
		out[i] = one
		out[i].Lot = strings.ReplaceAll(l.Lot, "{n}", fmt.Sprint(l.Serials.First+i))
		out[i].Quantity = mes.One
	}
	return out
}

// expiry is the given date, or the begin of the day so many days from now, or none.
func expiry(at *time.Time, inDays *int, now time.Time) *time.Time {
	if inDays == nil {
		return at
	}
	day := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, *inDays)
	return &day
}
