package mes

import "time"

// Role is what an account may do; policies/ says what that is.
type Role string

// The roles of people, and of programs.
const (
	RoleOperator    Role = "operator"
	RoleSupervisor  Role = "supervisor"
	RoleQuality     Role = "quality"
	RoleMaintenance Role = "maintenance"
	RolePlanner     Role = "planner"
	RoleAuditor     Role = "auditor"
	RoleAdmin       Role = "admin"
	RoleERP         Role = "erp"    // service account of the ERP
	RoleVision      Role = "vision" // service account of cameras and inference servers
	RoleEdge        Role = "edge"   // service account of edge nodes
	RoleCMMS        Role = "cmms"   // service account of an outside maintenance system
)

// Roles lists all of them, in the order in which people read them.
var Roles = []Role{RoleOperator, RoleSupervisor, RoleQuality, RoleMaintenance, RolePlanner, RoleAuditor, RoleAdmin, RoleERP, RoleVision, RoleEdge, RoleCMMS}

// Principal is an authenticated account.
type Principal struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Roles   []Role `json:"roles"`
	Site    string `json:"site"`
	Service bool   `json:"service,omitempty"`
}

// Qualification is a person's certificate.
type Qualification struct {
	ID        string     `json:"id"`
	Level     int        `json:"level"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
}

// Qualified tells whether the held certificates meet the need at the given time; the error says which one is missing
// and since when.
func Qualified(need *QualificationNeed, held []Qualification, now time.Time, zone *time.Location) error {
	return GateStart.Admit(held, now, zone, need)
}
