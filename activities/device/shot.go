package device

import (
	"context"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Cameras finds cameras; a devices.Hub does.
type Cameras interface {
	Camera(id string) (devices.Camera, error)
}

// TakeShot asks a camera for a picture. Safe to run twice: the shot's ID makes a second request the same shot, and a
// second verdict a duplicate.
type TakeShot struct{ Cameras Cameras }

// Execute hands the request over. The verdict comes another way, and is waited for by the workflow.
func (a TakeShot) Execute(ctx context.Context, in contract.ShotRequest) (contract.ShotTaken, error) {
	cam, err := a.Cameras.Camera(in.Camera)
	if err == nil {
		err = cam.Trigger(ctx, devices.Shot{ID: in.ID, Camera: in.Camera, Lot: in.Lot, Operation: in.Operation, Step: in.Step})
	}
	if err == nil {
		return contract.ShotTaken{}, nil
	}
	silent, err := silence(ctx, in.Camera, contract.Shot, err)
	return contract.ShotTaken{Silent: silent}, err
}
