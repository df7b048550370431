package mes

import (
	"fmt"
	"slices"
	"time"
)

// NextNeed is the signature that an open request waits for; ok is false when all are there.
func (r SignatureRequest) NextNeed() (need SignatureNeed, n int, ok bool) {
	n = len(r.Signatures) + 1
	if n > len(r.Needs) {
		return SignatureNeed{}, n, false
	}
	return r.Needs[n-1], n, true
}

// Admit judges one act of signing by what the request asks for and what is known of the signer: the next meaning, the
// hash of what was shown, role, qualification, and that different people stand behind different signatures. held are the
// signer's certificates, expired ones included.
func (r SignatureRequest) Admit(s Signing, held []Qualification, now time.Time, zone *time.Location) error {
	const kept = "Nothing was signed."
	if r.State != RequestOpen {
		return Refuse(CodeConflict, fmt.Sprintf("%s takes no more signatures, it is %s.", r.Title, r.State), kept, "Look at it again.")
	}
	need, n, ok := r.NextNeed()
	if !ok {
		return Refuse(CodeConflict, fmt.Sprintf("%s has all its signatures.", r.Title), kept, "Look at it again.")
	}
	if s.Hash != r.Hash {
		return Refuse(CodeConflict, "What you were shown is not what stands there now.", kept, "Read it again, then sign.")
	}
	if s.Meaning != need.Meaning {
		var f Faults
		f.Add("meaning", "signature %d of %d says %q", n, len(r.Needs), need.Meaning)
		return f.Err("This signature has another meaning.")
	}
	if err := r.admitPerson(s, need, n); err != nil {
		return err
	}
	if err := Qualified(need.Qualification, held, now, zone); err != nil {
		return Refuse(CodeForbidden, fmt.Sprintf("%s may not sign this: it needs %s level %d.", s.Signer.Name, need.Qualification.ID, need.Qualification.Level),
			kept, "Let someone sign who has the certificate.")
	}
	return nil
}

// admitPerson keeps duties apart (21 CFR 11.10(g)).
func (r SignatureRequest) admitPerson(s Signing, need SignatureNeed, n int) error {
	const kept = "Nothing was signed."
	i := slices.IndexFunc(r.Signatures, func(o Signature) bool { return o.Signer == s.Signer.ID })
	switch {
	case need.Role != "" && !slices.Contains(s.Signer.Roles, need.Role):
		return Refuse(CodeForbidden, fmt.Sprintf("%s is not %s, which this signature needs.", s.Signer.Name, need.Role), kept, fmt.Sprintf("Let someone sign who is %s.", need.Role))
	case i >= 0:
		return Refuse(CodeForbidden, fmt.Sprintf("Signature %d of %d is by %s, so %s cannot give this one.", r.Signatures[i].N, len(r.Needs), s.Signer.ID, s.Signer.ID), kept, "Let a second person sign.")
	case need.Meaning == MeaningVerified && s.Signer.ID == r.PerformedBy:
		return Refuse(CodeForbidden, fmt.Sprintf("%s did the work, so %s cannot verify it.", s.Signer.ID, s.Signer.ID), kept, "Let a second person look and sign.")
	case need.Meaning == MeaningApproved && s.Signer.ID == r.RequestedBy:
		return Refuse(CodeForbidden, fmt.Sprintf("%s asked for this, so %s cannot approve it.", s.Signer.ID, s.Signer.ID), kept, "Let a second person look and sign.")
	}
	return nil
}

// RejectBy judges a refusal to sign: anyone who could sign next may say no, with a reason.
func (r SignatureRequest) RejectBy(s Signing, held []Qualification, now time.Time, zone *time.Location) error {
	var f Faults
	f.Check(!blank(s.Reason), "reason", "is missing")
	if err := f.Err("Nothing was rejected."); err != nil {
		return err
	}
	if need, _, ok := r.NextNeed(); ok {
		s.Meaning = need.Meaning
	}
	return r.Admit(s, held, now, zone)
}

// ValidateNeeds names what can't be asked for.
func ValidateNeeds(f *Faults, at string, needs []SignatureNeed) {
	f.Check(len(needs) <= MaxSignatures, at, "at most %d signatures can be asked for", MaxSignatures)
	for i, n := range needs {
		where := fmt.Sprintf("%s[%d]", at, i)
		f.Check(slices.Contains(Meanings, n.Meaning), where+".meaning", "must be one of %v", Meanings)
		f.Check(n.Role == "" || slices.Contains(Roles, n.Role), where+".role", "%q is no role", n.Role)
		f.Check(n.Qualification == nil || n.Qualification.ID != "" && n.Qualification.Level > 0, where+".qualification", "needs an ID and a level above 0")
	}
}

// Meanings lists all of them.
var Meanings = []Meaning{MeaningPerformed, MeaningVerified, MeaningReviewed, MeaningApproved, MeaningReleased, MeaningAuthored}

// SignatureRule says which signatures a kind of record asks for, and after how long somebody is reminded.
type SignatureRule struct {
	Noun    SignedNoun      `json:"noun"`
	Needs   []SignatureNeed `json:"needs"`
	RemindS int             `json:"remind_s"` // seconds until the reminder; the escalation comes after the same time again
	// ChangedBy and ChangedAt are empty for a built-in rule.
	ChangedBy string     `json:"changed_by,omitempty"`
	ChangedAt *time.Time `json:"changed_at,omitempty"`
}

// StandardRules are what a site has until it decides otherwise. Nobody approves what they asked for themselves.
var StandardRules = []SignatureRule{
	{Noun: SignedStep, RemindS: 15 * 60, Needs: []SignatureNeed{}}, // what a step asks for stands in its routing
	{Noun: SignedReview, RemindS: 4 * 3600, Needs: []SignatureNeed{{Meaning: MeaningApproved, Role: RoleQuality}}},
	{Noun: SignedHoldRelease, RemindS: 4 * 3600, Needs: []SignatureNeed{{Meaning: MeaningApproved, Role: RoleQuality}}},
	{Noun: SignedDocument, RemindS: 2 * 86400, Needs: []SignatureNeed{{Meaning: MeaningApproved, Role: RoleQuality}}},
	{Noun: SignedChange, RemindS: 4 * 3600, Needs: []SignatureNeed{{Meaning: MeaningApproved, Role: RoleQuality}}},
	{Noun: SignedAuditReview, RemindS: 2 * 86400, Needs: []SignatureNeed{{Meaning: MeaningReviewed}}},
	{Noun: SignedLotRecord, RemindS: 2 * 86400, Needs: []SignatureNeed{{Meaning: MeaningReleased, Role: RoleQuality}}},
	{Noun: SignedHoldDisposition, RemindS: 4 * 3600, Needs: []SignatureNeed{{Meaning: MeaningReviewed, Role: RoleQuality}, {Meaning: MeaningApproved, Role: RoleSupervisor}}},
	{Noun: SignedOrderRecord, RemindS: 2 * 86400, Needs: []SignatureNeed{{Meaning: MeaningReleased, Role: RoleQuality}}},
	{Noun: SignedCAPA, RemindS: 2 * 86400, Needs: []SignatureNeed{{Meaning: MeaningApproved, Role: RoleQuality}}},

	// Nonconformances. Quality reviews what it may have proposed itself; somebody else, who answers for production, approves.
	{Noun: SignedNonconformance, RemindS: 8 * 3600, Needs: []SignatureNeed{{Meaning: MeaningReviewed, Role: RoleQuality}, {Meaning: MeaningApproved, Role: RoleSupervisor}}},
	{Noun: SignedPermit, RemindS: 86400, Needs: []SignatureNeed{{Meaning: MeaningReviewed, Role: RoleQuality}, {Meaning: MeaningApproved, Role: RoleSupervisor}}},

	// Maintenance. Who locks out signs that they did it. At the hand-back maintenance says that the machine is whole, and production that it takes
	// it: two people of two roles, and never the one who tested it as the second.
	{Noun: SignedLockout, RemindS: 900, Needs: []SignatureNeed{{Meaning: MeaningPerformed, Role: RoleMaintenance}}},
	{Noun: SignedHandback, RemindS: 900, Needs: []SignatureNeed{{Meaning: MeaningPerformed, Role: RoleMaintenance}, {Meaning: MeaningVerified, Role: RoleSupervisor}}},
	{Noun: SignedVerdictOverride, RemindS: 4 * 3600, Needs: []SignatureNeed{{Meaning: MeaningApproved, Role: RoleQuality}}},
}

// StandardRule is the built-in rule of a kind of record.
func StandardRule(noun SignedNoun) (SignatureRule, bool) {
	i := slices.IndexFunc(StandardRules, func(r SignatureRule) bool { return r.Noun == noun })
	if i < 0 {
		return SignatureRule{}, false
	}
	return StandardRules[i], true
}

// Asks is the need as the reason of a wait: "verified, by quality".
func (n SignatureNeed) Asks() string {
	if n.Role == "" {
		return string(n.Meaning)
	}
	return string(n.Meaning) + ", by " + string(n.Role)
}

// Signed moves a lot on whose step has all its signatures.
func (p Progress) Signed(r Routing, lot string, now time.Time) (Progress, error) {
	o, s, ok := p.current(r)
	if !ok || p.Wait.Kind != WaitSigned {
		return p, Refuse(CodeConflict, fmt.Sprintf("%s waits for no signature.", lot), "Nothing was changed.", "Look at it again.")
	}
	if p.State.Ended() || p.State == LotReview {
		return p, Refuse(CodeConflict, fmt.Sprintf("%s %s.", lot, p.State.Phrase()), "Nothing was changed.", "")
	}
	return p.past(o, s, now), nil
}

// Unsigned sends a lot to quality because somebody whose signature was asked for said no.
func (p Progress) Unsigned(lot, reason string, now time.Time) (Progress, error) {
	if p.Wait.Kind != WaitSigned {
		return p, Refuse(CodeConflict, fmt.Sprintf("%s waits for no signature.", lot), "Nothing was changed.", "Look at it again.")
	}
	return p.toReview(OnSignature, reason, now), nil
}

// OnSignature is what a lot in review waited for when somebody refused to sign its step. The step's record stands: quality's
// "pass" asks for the signatures again, and does not have the work done, or material taken, twice.
const OnSignature = "signature"
