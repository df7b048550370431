package mes

import (
	"fmt"
	"slices"
	"time"
)

// Assignment gives an account a role at a site. It is closed, never deleted: who could do what, when, and on whose word
// stays readable.
type Assignment struct {
	ID      int64            `json:"id"`
	Account string           `json:"account"`
	Site    string           `json:"site"`
	Role    Role             `json:"role"`
	Source  AssignmentSource `json:"source"`
	From    time.Time        `json:"from"`
	By      string           `json:"by"`
	Reason  string           `json:"reason"`
	Until   *time.Time       `json:"until,omitempty"`
	EndedBy string           `json:"ended_by,omitempty"`
	// EndReason says why it was withdrawn.
	EndReason string `json:"end_reason,omitempty"`
}

// AssignmentSource says on whose word a role is held.
type AssignmentSource string

// The sources of an assignment.
const (
	AssignedHere   AssignmentSource = "local"
	AssignedByOIDC AssignmentSource = "oidc" // the identity provider's claims; they also take it away
)

// RoleFits tells whether a kind of account can have a role: programs have theirs, people the others.
func RoleFits(kind AccountKind, role Role) bool {
	program := role == RoleERP || role == RoleVision || role == RoleEdge || role == RoleCMMS
	return slices.Contains(Roles, role) && (kind == AccountService || !program)
}

// LastAdmin refuses what would leave a site without anyone who can manage it.
func LastAdmin(id string) error {
	return Refuse(CodeConflict, fmt.Sprintf("%s is the last administrator.", id), "Nothing was changed.", "Give somebody else the role first.")
}

// OwnRole refuses that people give roles to themselves: a second person stands behind each of them (21 CFR 11.10(g)).
func OwnRole() error {
	return Refuse(CodeForbidden, "Nobody gives a role to themself.", "Nothing was changed.", "Ask another administrator.")
}
