// Package oee turns a machine's log of states, the calendar and what was made into the key figures of ISO 22400-2: where the
// time went, what each figure is made of, and which losses lie between the time that was planned and the time that good parts
// were worth. Everything is a pure function of its arguments, in exact decimals, and knows nothing of this system's other
// nouns.
//
// The words of the standard: PBT is planned busy time, APT actual production time, AUST actual set-up time, AUPT actual
// processing time (APT + AUST), ADET actual delay time, AUBT busy time, AOET order execution time, PRU planned run time per
// unit, PQ, GQ, SQ and RQ the quantities produced, good, scrapped and to be reworked, GP and IP good and inspected parts.
package oee
