package ledger

import "testing"

func TestALedgerKeepsFewExamples(t *testing.T) {
	book := New()
	for range mostExamples + 5 {
		book.Wrong("state", "odd")
	}
	if len(book.Examples) != mostExamples || book.Sum().Wrongs != mostExamples+5 {
		t.Errorf("%d examples of %d", len(book.Examples), book.Sum().Wrongs)
	}
}
