package msa

import "math"

// poolAbove is the p-value from which the interaction is not significant and is counted with the equipment.
const poolAbove = 0.25

// ANOVA judges a study by the analysis of variance. tolerance is the width of the tolerance, 0 when there is none.
func ANOVA(d Data, tolerance float64) (Result, error) {
	operators, parts, trials, err := d.shape()
	if err != nil {
		return Result{}, err
	}
	t := d.table(operators, parts, trials)
	o, p, r := float64(operators), float64(parts), float64(trials)
	within, inter := t.Equipment.MS, 0.0
	between := t.Interaction.MS
	if t.Pooled {
		df := float64(t.Equipment.DF + t.Interaction.DF)
		within = (t.Equipment.SS + t.Interaction.SS) / df
		between = within
	} else {
		inter = math.Max(0, (t.Interaction.MS-t.Equipment.MS)/r)
	}
	av := math.Max(0, (t.Operators.MS-between)/(p*r))
	pv := math.Max(0, (t.Parts.MS-between)/(o*r))
	out := of(within, av, inter, pv, tolerance)
	out.ANOVA = &t
	return out, nil
}

// table splits the sum of squares.
func (d Data) table(operators, parts, trials int) Table {
	o, p, r := float64(operators), float64(parts), float64(trials)
	grand, opMean, partMean := 0.0, make([]float64, operators), make([]float64, parts)
	for i, op := range d {
		for j, values := range op {
			m := mean(values)
			grand += m / (o * p)
			opMean[i] += m / p
			partMean[j] += m / o
		}
	}
	var t Table
	for i, op := range d {
		t.Operators.SS += p * r * square(opMean[i]-grand)
		for j, values := range op {
			m := mean(values)
			t.Interaction.SS += r * square(m-opMean[i]-partMean[j]+grand)
			for _, v := range values {
				t.Equipment.SS += square(v - m)
				t.Total.SS += square(v - grand)
			}
		}
	}
	for _, m := range partMean {
		t.Parts.SS += o * r * square(m-grand)
	}
	t.Operators.DF, t.Parts.DF, t.Interaction.DF = operators-1, parts-1, (operators-1)*(parts-1)
	t.Equipment.DF, t.Total.DF = operators*parts*(trials-1), operators*parts*trials-1
	for _, row := range []*Row{&t.Operators, &t.Parts, &t.Interaction, &t.Equipment} {
		row.MS = row.SS / float64(row.DF)
	}
	t.Interaction.test(t.Equipment)
	t.Pooled = t.Interaction.P > poolAbove
	noise := t.Interaction
	if t.Pooled {
		noise = Row{DF: t.Equipment.DF + t.Interaction.DF}
		noise.MS = (t.Equipment.SS + t.Interaction.SS) / float64(noise.DF)
	}
	t.Operators.test(noise)
	t.Parts.test(noise)
	return t
}

// test fills F and P against the mean square that the row is held against.
func (row *Row) test(against Row) {
	if against.MS <= 0 {
		row.P = 1 // without any error there is nothing to hold it against
		return
	}
	row.F = row.MS / against.MS
	row.P = fTail(row.F, float64(row.DF), float64(against.DF))
}

func square(v float64) float64 { return v * v }

// fTail is the probability that an F-distributed value is larger than f.
func fTail(f, d1, d2 float64) float64 {
	if f <= 0 {
		return 1
	}
	return betaInc(d2/2, d1/2, d2/(d2+d1*f))
}

// betaInc is the regularised incomplete beta function, by its continued fraction (modified Lentz).
func betaInc(a, b, x float64) float64 {
	if x <= 0 {
		return 0
	}
	if x >= 1 {
		return 1
	}
	if x > (a+1)/(a+b+2) {
		return 1 - betaInc(b, a, 1-x)
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	front := math.Exp(lab-la-lb+a*math.Log(x)+b*math.Log(1-x)) / a
	const tiny = 1e-300
	f, c, dd := 1.0, 1.0, 0.0
	for i := 0; i <= 300; i++ {
		m := float64(i / 2)
		var num float64
		switch {
		case i == 0:
			num = 1
		case i%2 == 0:
			num = m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		default:
			num = -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		}
		dd = 1 + num*dd
		if math.Abs(dd) < tiny {
			dd = tiny
		}
		dd = 1 / dd
		c = 1 + num/c
		if math.Abs(c) < tiny {
			c = tiny
		}
		f *= c * dd
		if math.Abs(1-c*dd) < 1e-12 {
			break
		}
	}
	return front * (f - 1)
}
