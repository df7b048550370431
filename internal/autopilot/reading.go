package autopilot

import (
	"context"
	"net/url"

	"github.com/steelthread/steelthread/mes"
)

// readNew reads and confirms what the operator must have read, as a person does before a new revision's first piece.
func (c *client) readNew(ctx context.Context) error {
	var list mes.Page[mes.ToRead]
	if err := c.get(ctx, "/documents-to-read", &list); err != nil {
		return err
	}
	for _, d := range list.Items {
		path := "/documents/" + string(d.Kind) + "/" + url.PathEscape(d.ID) + "/" + url.PathEscape(d.Revision)
		var revision mes.DocumentRevision
		if err := c.get(ctx, path, &revision); err != nil {
			return err
		}
		if err := c.command(ctx, path+"/confirm-read", map[string]string{"hash": revision.Hash}, nil); err != nil {
			return err
		}
	}
	return nil
}
