package actors

import (
	"errors"
	"strings"
	"testing"

	"github.com/troupe-go/troupe/wire"
)

// respondTo appends a whole response, and commits it.
func (o *output) respondTo(t *testing.T, text string) {
	t.Helper()
	if err := o.appendHead(wire.ResponseHead{Status: 200, Length: wire.BodyLength(len(text))}); err != nil {
		t.Fatal(err)
	}
	if err := o.appendData([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := o.appendEnd(nil); err != nil {
		t.Fatal(err)
	}
	o.commit()
}

func TestWhatIsNotCommittedIsDropped(t *testing.T) {
	var o output
	o.discardUncommitted()
	o.respondTo(t, "whole")
	if err := o.appendHead(wire.ResponseHead{Status: 200, Length: 4}); err != nil {
		t.Fatal(err)
	}
	if err := o.appendData([]byte("ha")); err != nil {
		t.Fatal(err)
	}
	o.discardUncommitted()
	if got := string(o.pending()); !strings.HasSuffix(got, "whole") {
		t.Errorf("a crash drops the response that is not complete, and no other: got %q", got)
	}
	o.respondTo(t, "next")
	if got := string(o.pending()); !strings.HasSuffix(got, "next") || strings.Count(got, "HTTP/1.1 200 OK") != 2 {
		t.Errorf("the encoder begins again with a head: got %q", got)
	}
	o.written()
	if len(o.pending()) > 0 {
		t.Errorf("what was written is gone: got %q", o.pending())
	}
	o.release()
}

func TestARefusedHeadLeavesTheOutputAsItWas(t *testing.T) {
	var o output
	o.respondTo(t, "whole")
	before := string(o.pending())
	var misuse *wire.MisuseError
	err := o.appendHead(wire.ResponseHead{Status: 200, Fields: wire.Fields{{Name: "X", Value: "a\nb"}}})
	if !errors.As(err, &misuse) || string(o.pending()) != before {
		t.Errorf("want a misuse and no octet of it, got %v and %q", err, o.pending())
	}
	o.release()
}

func TestAnOutputWithNothingInItHoldsNoBuffer(t *testing.T) {
	var o output
	o.respondTo(t, "whole")
	o.written()
	o.release()
	if o.buffer != nil || o.pending() != nil {
		t.Error("an idle connection is to cost little")
	}
	o.release()
}
