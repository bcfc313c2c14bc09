package main

import (
	"fmt"
	"strconv"
	"strings"
)

// intList is a flag of whole numbers between commas; none at all is the empty text.
type intList struct{ to *[]int }

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

// nameList is a flag of names between commas.
type nameList struct{ to *[]string }

func (l *nameList) String() string {
	if l.to == nil {
		return ""
	}
	return strings.Join(*l.to, ",")
}

func (l *nameList) Set(text string) error {
	*l.to = nil
	for word := range strings.SplitSeq(text, ",") {
		*l.to = append(*l.to, strings.TrimSpace(word))
	}
	return nil
}
