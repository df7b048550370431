package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
)

// column is one key of a list's order. Kind is the SQL type that its text is read back as. An expression must never be
// null, or rows get lost between pages.
type column struct {
	expr string
	kind string
	desc bool
}

// sorts are the orders that a list offers, by the name that callers use; "" is the list's own.
type sorts map[string][]column

// listing builds the queries of one page: filters that apply only when given, and a cursor made of the last row's keys,
// so that rows added in front do not shift the pages.
type listing struct {
	from  string
	conds []string
	args  []any
	keys  []column
	sort  string
	size  int
	after []string
	err   error
}

// cursor is what a page's Next holds.
type cursor struct {
	Sort string   `json:"s"`
	Keys []string `json:"k"`
}

// newListing prepares a page. The last key, id, makes the order total.
func newListing(from string, p mes.Paging, orders sorts, id column) *listing {
	l := &listing{from: from, size: p.Size(), sort: p.Sort}
	name, flip := strings.CutPrefix(p.Sort, "-")
	keys, ok := orders[name]
	if !ok {
		l.refuse("sort", fmt.Sprintf("%q is not a column of this list", name))
		return l
	}
	for _, k := range append(append([]column{}, keys...), id) {
		k.desc = k.desc != flip
		l.keys = append(l.keys, k)
	}
	if p.Cursor != "" {
		l.resume(p.Cursor)
	}
	return l
}

func (l *listing) refuse(field, message string) {
	var f mes.Faults
	f.Add(field, "%s", message)
	l.err = f.Err("The list can't be read like this.")
}

func (l *listing) resume(text string) {
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(b, &c) != nil || c.Sort != l.sort || len(c.Keys) != len(l.keys) {
		l.refuse("cursor", "does not belong to this list and sort")
		return
	}
	l.after = c.Keys
}

// arg adds a parameter and returns its placeholder.
func (l *listing) arg(v any) string {
	l.args = append(l.args, v)
	return "$" + strconv.Itoa(len(l.args))
}

// where adds a condition, "?" standing for v, unless v is empty.
func (l *listing) where(cond string, v any) *listing {
	switch x := v.(type) {
	case string:
		if x == "" {
			return l
		}
	case []string:
		if len(x) == 0 {
			return l
		}
	}
	l.conds = append(l.conds, strings.ReplaceAll(cond, "?", l.arg(v)))
	return l
}

// between keeps what is at or after from and before to, where they are given.
func (l *listing) between(column string, from, to *time.Time) *listing {
	if from != nil {
		l.where(column+" >= ?", *from)
	}
	if to != nil {
		l.where(column+" < ?", *to)
	}
	return l
}

// when adds a condition without a parameter.
func (l *listing) when(on bool, cond string) *listing {
	if on {
		l.conds = append(l.conds, "("+cond+")")
	}
	return l
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// search asks that one of the columns contains the text.
func (l *listing) search(text string, columns ...string) *listing {
	if text = strings.TrimSpace(text); text == "" {
		return l
	}
	p := l.arg("%" + likeEscape.Replace(text) + "%")
	var any []string
	for _, c := range columns {
		any = append(any, c+" ILIKE "+p)
	}
	l.conds = append(l.conds, "("+strings.Join(any, " OR ")+")")
	return l
}

func (l *listing) filter() string {
	if len(l.conds) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(l.conds, " AND ")
}

// beyond is the condition "after the cursor" for keys of mixed direction: past the first key, or level with it and past
// the second, and so on.
func (l *listing) beyond() string {
	var ors []string
	level := ""
	for i, k := range l.keys {
		p := l.arg(l.after[i]) + "::text::" + k.kind
		op := " > "
		if k.desc {
			op = " < "
		}
		ors = append(ors, "("+level+k.expr+op+p+")")
		level += k.expr + " = " + p + " AND "
	}
	return "(" + strings.Join(ors, " OR ") + ")"
}

// sql makes the count's and the page's statements. They share the arguments up to filterArgs.
func (l *listing) sql(columns string) (count, rows string, filterArgs int) {
	count, filterArgs = "SELECT count(*) FROM "+l.from+l.filter(), len(l.args)
	where := l.filter()
	if l.after != nil {
		l.conds = append(l.conds, l.beyond())
		where = l.filter()
	}
	var keys, order []string
	for _, k := range l.keys {
		keys = append(keys, "("+k.expr+")::text")
		dir := ""
		if k.desc {
			dir = " DESC"
		}
		order = append(order, k.expr+dir)
	}
	rows = fmt.Sprintf("SELECT %s, ARRAY[%s] FROM %s%s ORDER BY %s LIMIT %d", columns, strings.Join(keys, ", "), l.from, where, strings.Join(order, ", "), l.size+1)
	return count, rows, filterArgs
}

// page reads one page and counts the whole list, in one round trip. fields gives the places that the columns go to.
func page[T any](ctx context.Context, d db, l *listing, columns string, fields func(*T) []any) (mes.Page[T], error) {
	out := mes.Page[T]{Items: []T{}}
	if l.err != nil {
		return out, l.err
	}
	count, rows, n := l.sql(columns)
	var last []string
	b := &pgx.Batch{}
	b.Queue(count, l.args[:n]...).QueryRow(func(row pgx.Row) error { return row.Scan(&out.Total) })
	b.Queue(rows, l.args...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			if len(out.Items) == l.size {
				out.Next = l.next(last)
				continue
			}
			var item T
			if err := rows.Scan(append(fields(&item), &last)...); err != nil {
				return err
			}
			out.Items = append(out.Items, item)
		}
		return rows.Err()
	})
	return out, badCursor(translate(d.pool.SendBatch(ctx, b).Close()))
}

func (l *listing) next(last []string) string {
	b, _ := json.Marshal(cursor{Sort: l.sort, Keys: last}) // strings always marshal
	return base64.RawURLEncoding.EncodeToString(b)
}
