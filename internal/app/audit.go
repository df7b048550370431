package app

import (
	"context"
	"fmt"

	"github.com/steelthread/steelthread/store"
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
	if _, err = fmt.Printf("%d rows fit. The newest has hash %s.\n", verdict.Rows, verdict.Head); err != nil {
		return err
	}
	return signaturesFit(ctx, s)
}

// signaturesFit checks every signature's own row, the request that it answers and its place in the audit trail.
func signaturesFit(ctx context.Context, s *store.Store) error {
	v, err := s.Signatures.Verify(ctx)
	if err != nil {
		return err
	}
	if !v.OK {
		return fmt.Errorf("signature %s does not fit: %s", v.Bad, v.Why)
	}
	_, err = fmt.Printf("%d signatures fit.\n", v.Signatures)
	return err
}
