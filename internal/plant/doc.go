// Package plant reads a plant's definition from a folder of YAML files and stores it through the domain's ports.
//
//	plant.yaml          equipment: site, areas, lines, stations
//	devices.yaml        machines, cameras and printers with addresses, tags and profiles
//	materials.yaml      material definitions, products included
//	routings/*.yaml     one routing revision a file, with steps, limits and written instructions
//	pictures/*          drawings and photographs that steps name
//	accounts.yaml       people and programs with roles and certificates, without passwords
//	lots.yaml           material that lies in the store on the first day
//
// Only plant.yaml must exist. Everything is checked before anything is stored, and every fault is named with its file,
// line and field. Reading the same folder again changes nothing that is as the files say.
package plant
