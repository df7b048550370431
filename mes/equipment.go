package mes

// EquipmentLevel is a level of the ISA-95 equipment hierarchy that this system uses.
type EquipmentLevel string

// The levels: a site has areas, an area has lines (work centres), a line has stations (work units).
const (
	LevelSite    EquipmentLevel = "site"
	LevelArea    EquipmentLevel = "area"
	LevelLine    EquipmentLevel = "line"
	LevelStation EquipmentLevel = "station"
)

// Equipment is one node of the hierarchy.
type Equipment struct {
	ID       string         `json:"id"`
	Level    EquipmentLevel `json:"level"`
	Parent   string         `json:"parent,omitempty"`
	Name     string         `json:"name"`
	TimeZone string         `json:"time_zone,omitempty"` // IANA name, on sites
	// Capacity is how many lots a station works on at the same time; 0 means no limit.
	Capacity int `json:"capacity,omitempty"`
}

// Device is a machine, camera or printer that belongs to a station. Config is the driver's own document
// (address, tags, profile); it is data, so a plant is mapped without a line of code.
type Device struct {
	ID      string `json:"id"`
	Site    string `json:"site"`
	Station string `json:"station"`
	Driver  string `json:"driver"`
	Name    string `json:"name"`
	Config  []byte `json:"-"`
}
