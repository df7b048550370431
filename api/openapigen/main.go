// Openapigen writes api/openapi.json, the description of the API from which the screens' types are generated.
package main

import (
	"fmt"
	"os"

	"github.com/steelthread/steelthread/api"
)

func main() {
	doc, err := api.Describe()
	if err == nil {
		err = os.WriteFile("api/openapi.json", doc, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "openapigen:", err)
		os.Exit(1)
	}
}
