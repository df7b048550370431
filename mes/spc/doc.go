// Package spc is the mathematics of statistical process control, and nothing else: control charts with their limits, the
// rules by which a chart leaves control, and capability. It knows no database, no clock and no unit.
//
// Sources: D. C. Montgomery, Introduction to Statistical Quality Control (charts, constants, capability); Western Electric,
// Statistical Quality Control Handbook, 1956 (zone rules); L. S. Nelson, The Shewhart Control Chart: Tests for Special
// Causes, Journal of Quality Technology 16 (1984); A. F. Bissell, How reliable is your capability index?, Applied Statistics
// 39 (1990). docs/spc.md gives each formula.
//
// Records are decimals; statistics are binary floats, since roots are. No float made here ever goes back into a record of
// what was measured.
package spc
