// Package sampling says how many pieces of a lot are looked at and how many of them may be bad: single sampling by
// attributes, indexed by the acceptance quality limit (AQL), as ISO 2859-1:1999 has it, with its switching rules.
//
// Only AQLs up to 10 are here: those above count nonconformities per hundred pieces, and this house counts nonconforming
// pieces.
package sampling
