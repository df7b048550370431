// Package policies says who may do what. policy.csv is the decision, written to be read by the people who answer for
// it; model.conf is how Casbin reads it; Rights are the things that can be allowed. What no line allows is denied.
//
// testdata/golden.txt is every role against every right as the policy decides it today, so that a changed line shows
// in review as the decisions that it changes.
package policies
