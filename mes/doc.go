// Package mes is the language of the house: the nouns of an ISA-95 level 3 system, the rules that govern them as pure
// functions, the ports that the rest of the system implements, and the error codes that everyone shares.
//
// Nothing here reads a clock, a database or a network. Rules that depend on time are given the time, so the same
// function decides inside a durable workflow, in an HTTP handler and in a property test.
package mes
