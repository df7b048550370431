package app

import (
	"context"
	"fmt"
)

// Audit groups the commands about the audit trail.
type Audit struct {
	Verify VerifyAudit `cmd:"" help:"Check every row of the hash chain; name the first that does not fit."`
}

// VerifyAudit is the command that checks the chain.
type VerifyAudit struct{ Records }

// Run fails when a row does not fit.
func (v VerifyAudit) Run(ctx context.Context) error {
	s, _, err := v.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	verdict, err := s.Audits.Verify(ctx)
	if err != nil {
		return err
	}
	if !verdict.OK {
		return fmt.Errorf("the audit trail does not fit at row %d: %s", verdict.Bad, verdict.Why)
	}
	_, err = fmt.Printf("%d rows fit. The newest has hash %s.\n", verdict.Rows, verdict.Head)
	return err
}
