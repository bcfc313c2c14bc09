//go:build !race

package wire

import "testing"

// The race detector allocates, so these ceilings are not built with it.

func TestAllocsOfASmallHead(t *testing.T) {
	limits := Limits{}.WithDefaults()
	decoder := NewDecoder(&limits)
	octets := []byte(smallRequest)
	got := testing.AllocsPerRun(1000, func() {
		decoder.Feed(octets)
		for event, err := decoder.Next(); event != nil || err != nil; event, err = decoder.Next() {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	const ceiling = 3 // the head, the string that it shares, its fields
	if got > ceiling {
		t.Errorf("a small head takes %v allocations, the ceiling is %v", got, ceiling)
	}
}

func TestAllocsOfAResponse(t *testing.T) {
	var encoder Encoder
	content := []byte("Hello, World!\n")
	events := []Event{
		&ResponseHead{Status: 200, Length: BodyLength(len(content)), ContentType: "text/plain",
			Date: "Sun, 06 Nov 1994 08:49:37 GMT", Fields: Fields{{"Server", "Troupe"}}},
		&Data{content},
		&End{},
	}
	out := make([]byte, 0, 512)
	got := testing.AllocsPerRun(1000, func() {
		out = out[:0]
		for _, event := range events {
			var err error
			if out, err = encoder.Append(out, event); err != nil {
				t.Fatal(err)
			}
		}
	})
	if got > 0 {
		t.Errorf("encoding a response takes %v allocations, the ceiling is 0", got)
	}
}
