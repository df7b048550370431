package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"

	"github.com/labstack/echo/v4"

	"github.com/steelthread/steelthread/mes"
)

// takePictures bounds what is on its way in with pictures, and takes the pictures out of the body before anything decodes
// it: what is left is small, and what reads it does not know the difference. What is over the bound is refused before its
// body is read; its sender still has it.
func (s *Server) takePictures(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		req := c.Request()
		r := requestOf(req.Context())
		if r.route == nil || !r.route.Pictures {
			return next(c)
		}
		size := req.ContentLength
		if size < 0 {
			size = r.route.Body
		}
		if !s.intake.TryAcquire(size) {
			c.Response().Header().Set("Connection", "close") // so that the body need not be read to its end
			return s.tooMuch(c, r)
		}
		defer s.intake.Release(size)
		body := make([]byte, 0, max(size, 512))
		got := bytes.NewBuffer(body)
		if _, err := got.ReadFrom(req.Body); err != nil {
			return bodyError(c, err)
		}
		cut, err := mes.CutPictures(got.Bytes(), s.Limits.Image)
		if err != nil {
			return err
		}
		r.cut = cut
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(cut.Body)), int64(len(cut.Body))
		return next(c)
	}
}

func (s *Server) tooMuch(c echo.Context, r *request) error {
	err := mes.Refuse(mes.CodeTooMany, "More pictures arrive at this moment than can be stored.", "Nothing was stored.", "Send it again in a moment, with the same key.")
	s.meters.refusedPictures.Inc()
	if r.route.ID == routeVisionEvents {
		return s.overloaded(c, err)
	}
	return err
}

func bodyError(c echo.Context, err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return mes.Refuse(codeTimeout, "The request came too slowly.", "Nothing was stored.", "Send it again.")
	}
	return refusedByHuma(c.Request().Context(), http.StatusInternalServerError, "the body can't be read", []error{err})
}
