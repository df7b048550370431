// Package msa judges measuring systems: how much of the variation that a gauge shows is its own (repeatability), its
// operators' (reproducibility) and the parts'. Both methods of the AIAG manual (Measurement Systems Analysis, 4th edition)
// are here: by average and range, and by analysis of variance.
package msa
