package main

import (
	"fmt"
	"strings"
)

// nearest returns the name that a word was probably meant to be; "" if none is near.
func nearest(word string, names []string) (near string) {
	least := max(2, len(word)/3) + 1
	for _, name := range names {
		if d := distance(strings.ToLower(word), strings.ToLower(name)); d < least && d < len(word) {
			near, least = name, d
		}
	}
	return near
}

// distance is how many octets must be inserted, removed or replaced to make a into b: their Levenshtein distance.
func distance(a, b string) int {
	row := make([]int, len(b)+1) // distances of what is read of a to each beginning of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// quotedWithNearest quotes a word that is none of the names, and names the nearest.
func quotedWithNearest(word string, names []string) string {
	if near := nearest(word, names); near != "" {
		return fmt.Sprintf("%q: the nearest is %s", word, near)
	}
	return fmt.Sprintf("%q", word)
}
