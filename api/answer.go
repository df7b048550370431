package api

import (
	"context"
	"net/http"

	"github.com/steelthread/steelthread/mes"
)

// one is an answer with a body and nothing else.
type one[T any] struct{ Body T }

// made is the answer to a request that made something: 201, or 200 when it was there already.
type made[T any] struct {
	Status int
	Body   T
}

// nothing is an answer without a body.
type nothing struct{}

func answer[T any](v T, err error) (*one[T], error) {
	if err != nil {
		return nil, err
	}
	return &one[T]{Body: v}, nil
}

// Error lets a handler answer 202 in the place of its result; huma writes it by its status.
func (p *Pending) Error() string { return p.What }

// GetStatus is 202.
func (p *Pending) GetStatus() int { return http.StatusAccepted }

// GetHeaders says where to look.
func (p *Pending) GetHeaders() http.Header { return http.Header{"Location": {p.Link}} }

func pendingAt(link string) *Pending {
	return &Pending{What: pendingWhat, Do: pendingDo, Link: link}
}

// ListInput is what every list takes.
type ListInput struct {
	Q      string `query:"q" maxLength:"100" doc:"Searched in numbers and names, without regard to case."`
	Sort   string `query:"sort" maxLength:"40" doc:"A column, with - before it for descending."`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"Length of the page."`
	Cursor string `query:"cursor" maxLength:"1000" doc:"next of the page before."`
	Format string `query:"format" enum:"json,csv" doc:"csv answers the whole list as a table; Accept: text/csv does the same."`
}

func (l ListInput) paging() mes.Paging {
	return mes.Paging{Text: l.Q, Sort: l.Sort, Limit: l.Limit, Cursor: l.Cursor}
}

// page reads one page, or every page when a table is wanted.
func page[T any](ctx context.Context, s *Server, p *mes.Paging, read func() (mes.Page[T], error)) (*one[mes.Page[T]], error) {
	if !wantsTable(ctx) {
		got, err := read()
		return answer(filled(got), err)
	}
	p.Limit = mes.MaxPage
	all := mes.Page[T]{Items: []T{}}
	for {
		got, err := read()
		if err != nil {
			return nil, err
		}
		all.Items, all.Total = append(all.Items, got.Items...), got.Total
		if got.Next == "" {
			return answer(all, nil)
		}
		if len(all.Items) >= s.Limits.Rows {
			return nil, &mes.Error{Code: mes.CodeUnprocessable, What: "The table would have too many rows.", Do: "Narrow the filter.",
				Fields: []mes.FieldError{{Field: "query.format", Message: "the list is too long for one table"}}}
		}
		p.Cursor = got.Next
	}
}

// filled makes sure that an empty list goes out as [], never as null.
func filled[T any](p mes.Page[T]) mes.Page[T] {
	if p.Items == nil {
		p.Items = []T{}
	}
	return p
}

// whole answers a list that is never longer than a page.
func whole[T any](items []T, err error) (*one[mes.Page[T]], error) {
	return answer(filled(mes.Page[T]{Items: items, Total: int64(len(items))}), err)
}
