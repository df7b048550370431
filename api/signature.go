package api

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) signatureRoutes() {
	read := func(path, id, short string, table bool) route {
		return route{Method: "GET", Path: path, ID: id, Group: "signatures", Right: policies.SignatureRead, Table: table, Short: short}
	}
	act := func(verb, id, short string) route {
		return route{Method: "POST", Path: "/signature-requests/{request}/" + verb, ID: id, Group: "signatures", Right: policies.SignatureGive,
			Command: true, Secret: true, Noun: "signature_request", Short: short}
	}
	handle(s, read("/signature-requests", "listSignatureRequests", "What waits for signatures, and what was signed", true), s.listSignatureRequests)
	handle(s, read("/signature-requests/{request}", "getSignatureRequest", "One request with the content that is signed", false), s.getSignatureRequest)
	handle(s, read("/signatures", "getSignatures", "A record's signatures, each judged against the record as it stands now", false), s.getSignatures)
	handle(s, act("sign", "giveSignature", "Give the next signature; the last one does what the request was for"), s.giveSignature)
	handle(s, act("reject", "rejectSignature", "Say no, with a reason"), s.rejectSignature)
	handle(s, read("/signature-rules", "listSignatureRules", "Which signatures each kind of record asks for", false), s.listSignatureRules)
	handle(s, route{Method: "PUT", Path: "/signature-rules/{noun}", ID: "putSignatureRule", Group: "signatures", Right: policies.SignatureRule, Command: true,
		Noun: "signature_rule", Short: "Change which signatures a kind of record asks for"}, s.putSignatureRule)
}

type requestsInput struct {
	ListInput
	State  string `query:"state" enum:"open,signed,rejected,voided"`
	Noun   string `query:"noun" maxLength:"40"`
	Record string `query:"record" maxLength:"300"`
}

func (s *Server) listSignatureRequests(ctx context.Context, in *requestsInput) (*one[mes.Page[mes.SignatureRequest]], error) {
	f := mes.RequestFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, State: mes.RequestState(in.State), Noun: mes.SignedNoun(in.Noun), Record: in.Record}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.SignatureRequest], error) { return s.Signatures.Requests(ctx, f) })
}

// RequestPath names a request for signatures.
type RequestPath struct {
	Request string `path:"request" maxLength:"64"`
}

func (s *Server) getSignatureRequest(ctx context.Context, in *RequestPath) (*one[mes.SignatureRequest], error) {
	return answer(s.Signatures.Request(ctx, requestOf(ctx).who.Site, in.Request))
}

type signaturesInput struct {
	Noun string `query:"noun" required:"true" maxLength:"40"`
	ID   string `query:"id" required:"true" maxLength:"300"`
}

func (s *Server) getSignatures(ctx context.Context, in *signaturesInput) (*one[mes.Page[mes.Signature]], error) {
	return whole(s.Signatures.Of(ctx, requestOf(ctx).who.Site, mes.SignedRecord{Noun: mes.SignedNoun(in.Noun), ID: in.ID}))
}

// NewSignature is an act of signing, or of saying no. Who signs proves it anew, whoever is signed in.
type NewSignature struct {
	Proof
	Meaning mes.Meaning `json:"meaning,omitempty" maxLength:"40" doc:"As the request asks for it next."`
	Reason  string      `json:"reason,omitempty" maxLength:"500"`
	Hash    string      `json:"hash" minLength:"1" maxLength:"64" doc:"Of the request as it was shown."`
}

type signInput struct {
	RequestPath
	Body NewSignature
}

func (s *Server) giveSignature(ctx context.Context, in *signInput) (*one[mes.SignatureRequest], error) {
	return s.actOn(ctx, in, s.decideSigning, s.Signatures.Sign)
}

func (s *Server) rejectSignature(ctx context.Context, in *signInput) (*one[mes.SignatureRequest], error) {
	anywhere := func(context.Context, string, mes.Signer) error { return nil }
	return s.actOn(ctx, in, anywhere, s.Signatures.Reject)
}

func (s *Server) actOn(ctx context.Context, in *signInput, may func(ctx context.Context, request string, who mes.Signer) error,
	do func(ctx context.Context, key, site, id string, in mes.Signing) (mes.SignatureRequest, error),
) (*one[mes.SignatureRequest], error) {
	r := requestOf(ctx)
	who, err := s.prove(ctx, in.Body.Proof)
	if err != nil {
		return nil, err
	}
	if err := may(ctx, in.Request, who); err != nil {
		return nil, err
	}
	return answer(do(ctx, r.scopedKey(), r.who.Site, in.Request, mes.Signing{Signer: who, Meaning: in.Body.Meaning, Reason: in.Body.Reason, Hash: in.Body.Hash}))
}

func (s *Server) listSignatureRules(ctx context.Context, _ *struct{}) (*one[mes.Page[mes.SignatureRule]], error) {
	return whole(s.Signatures.Rules(ctx, requestOf(ctx).who.Site))
}

// NewSignatureRule changes a rule.
type NewSignatureRule struct {
	Needs   []mes.SignatureNeed `json:"needs" maxItems:"2" doc:"Empty: no signature is asked for."`
	RemindS int                 `json:"remind_s" minimum:"60" maximum:"2592000" doc:"Seconds until somebody is reminded; the escalation comes after the same time again."`
	Reason  string              `json:"reason" minLength:"1" maxLength:"500"`
}

type ruleInput struct {
	Noun string `path:"noun" maxLength:"40"`
	Body NewSignatureRule
}

func (s *Server) putSignatureRule(ctx context.Context, in *ruleInput) (*one[mes.SignatureRule], error) {
	r := requestOf(ctx)
	rule := mes.SignatureRule{Noun: mes.SignedNoun(in.Noun), Needs: in.Body.Needs, RemindS: in.Body.RemindS}
	return answer(s.Signatures.PutRule(ctx, r.who.Site, r.actor(), rule, in.Body.Reason))
}
