package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) boardRoutes() {
	handle(s, route{Method: "GET", Path: "/board/{line}", ID: "getBoard", Group: "board", Right: policies.BoardRead, Wall: true,
		Short: "All that a line's board on the wall shows",
		Long:  "For who has board.read, and for a registered terminal without anybody signed in. What can't be known is left out. Pieces are whole ones, times are in seconds."}, s.getBoard)
	handle(s, route{Method: "GET", Path: "/board/{line}/events", ID: routeBoardEvents, Group: "board", Right: policies.BoardRead, Wall: true,
		Short: "What changes, as server-sent events, for a board", Long: "As GET /events, and open to displays as the board is.", Answers: eventAnswers}, s.listenBoard)
}

// routeBoardEvents is the stream of changes for a board.
const routeBoardEvents = "listenBoard"

func (s *Server) listenBoard(ctx context.Context, _ *boardInput) (*huma.StreamResponse, error) {
	return s.listen(ctx, nil)
}

type boardInput struct {
	Line string `path:"line" maxLength:"64"`
}

func (s *Server) getBoard(ctx context.Context, in *boardInput) (*one[mes.LineBoard], error) {
	return answer(s.Boards.Board(ctx, requestOf(ctx).who.Site, in.Line))
}

// onWall tells whether a request that nobody is signed in for comes from a registered terminal, for what displays may ask.
func (s *Server) onWall(r *request, err error) bool {
	return r.route.Wall && r.terminal != nil && mes.CodeOf(err) == mes.CodeUnauthorized
}

// displayOf is a terminal as who asks. It has no role, so that no other door opens to it.
func displayOf(t mes.Terminal) mes.Principal {
	return mes.Principal{ID: "terminal/" + t.ID, Name: t.Name, Site: t.Site, Service: true}
}
