package mes

import (
	"strings"
	"testing"
)

func TestTerminalNamesWhatIsWrong(t *testing.T) {
	good := Terminal{Station: "ST10", Name: "Kit, left", IdleMinutes: DefaultIdleMinutes}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for field, change := range map[string]func(*Terminal){
		"station": func(t *Terminal) { t.Station = "" }, "name": func(t *Terminal) { t.Name = " " }, "idle_minutes": func(t *Terminal) { t.IdleMinutes = MaxIdleMinutes + 1 },
	} {
		bad := good
		change(&bad)
		if err := bad.Validate(); err == nil || !strings.Contains(err.Error(), field+": ") {
			t.Errorf("%+v is refused with %v, want %s named", bad, err, field)
		}
	}
	if good.AtStation("ST10") != nil || CodeOf(good.AtStation("ST20")) != CodeForbidden {
		t.Error("a terminal serves another station than its own, or not its own")
	}
}
