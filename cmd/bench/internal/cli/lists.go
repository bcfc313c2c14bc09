package cli

import (
	"flag"
	"fmt"
	"strconv"
	"strings"
)

// Ints returns the value of a flag of whole numbers, separated by commas. The flag sets to.
func Ints(to *[]int) flag.Value { return &intList{to} }

// Names returns the value of a flag of names, separated by commas. The flag sets to.
func Names(to *[]string) flag.Value { return &nameList{to} }

// intList is a flag of whole numbers, separated by commas; an empty list is the empty text.
type intList struct{ to *[]int }

// String returns the numbers as they are written in a command line.
func (l *intList) String() string {
	if l.to == nil {
		return ""
	}
	words := make([]string, len(*l.to))
	for i, n := range *l.to {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ",")
}

// Set reads the numbers.
func (l *intList) Set(text string) error {
	*l.to = nil
	if text == "" {
		return nil
	}
	for word := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil {
			return fmt.Errorf("%q is not a whole number", word)
		}
		*l.to = append(*l.to, n)
	}
	return nil
}

// nameList is a flag of names, separated by commas.
type nameList struct{ to *[]string }

// String returns the names as they are written in a command line.
func (l *nameList) String() string {
	if l.to == nil {
		return ""
	}
	return strings.Join(*l.to, ",")
}

// Set reads the names.
func (l *nameList) Set(text string) error {
	*l.to = nil
	for word := range strings.SplitSeq(text, ",") {
		*l.to = append(*l.to, strings.TrimSpace(word))
	}
	return nil
}
