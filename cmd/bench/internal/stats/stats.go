// Package stats computes medians, percentiles, shares and ratios.
package stats

import (
	"fmt"
	"math"
	"slices"
)

// Median is the middle of values, the mean of the two middle ones if their number is even.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// Percentile is the smallest value that is not below q percent of them, or 0 if there are none.
func Percentile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := int(math.Ceil(q / 100 * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// Share returns part in percent of whole.
func Share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * float64(part) / float64(whole)
}

// Ratio compares two servers: the median of the ratios of the rounds, and their range.
type Ratio struct {
	Median    float64 // of the rounds
	low, high float64
}

// Compare divides a by b round by round. Both values of a round were measured within seconds of each other, so the
// state of the machine in other rounds does not matter.
func Compare(a, b []float64) Ratio {
	ratios := make([]float64, 0, len(a))
	for i := range min(len(a), len(b)) {
		if b[i] != 0 {
			ratios = append(ratios, a[i]/b[i])
		}
	}
	if len(ratios) == 0 {
		return Ratio{}
	}
	return Ratio{Median: Median(ratios), low: slices.Min(ratios), high: slices.Max(ratios)}
}

// String returns the median, and the range if there were several rounds.
func (r Ratio) String() string {
	if r.low == r.high {
		return fmt.Sprintf("%.2f", r.Median)
	}
	return fmt.Sprintf("%.2f (%.2f–%.2f)", r.Median, r.low, r.high)
}
