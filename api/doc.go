// Package api is the house's door: the HTTP interface of people, the ERP, cameras and edge nodes.
//
// A request passes, in this order: recovery, request ID, log, metrics and trace (request.go); security headers
// (headers.go); who is it (principal.go); may they (authorize.go); was this command answered before (idempotency.go);
// is the body well formed (huma, validation.go); and then a thin handler, one file per noun. A command to an order or a
// lot is a workflow update, sent by the one helper in command.go.
//
// The OpenAPI document is generated from these types by openapigen; a test fails when openapi.json has drifted.
package api
