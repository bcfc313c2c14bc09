package main

import "testing"

func TestALedgerKeepsFewExamples(t *testing.T) {
	book := newLedger()
	for range mostExamples + 5 {
		book.wrong("state", "odd")
	}
	if len(book.examples) != mostExamples || book.sum().wrongs != mostExamples+5 {
		t.Errorf("%d examples of %d", len(book.examples), book.sum().wrongs)
	}
}
