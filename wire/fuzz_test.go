package wire

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// seed adds the octets of every transcript.
func seed(f *testing.F) {
	for _, file := range transcriptFiles(f) {
		for _, c := range readTranscripts(f, file) {
			if octets := unescape(f, c.octets); len(octets) < 4<<10 {
				f.Add(octets)
			}
		}
	}
	f.Add([]byte(browserHead + smallRequest))
}

// Invariant: any octets give events and then nil or a *ProtocolError, the same however they are cut, and the decoder
// holds no more than the limits allow and was fed.
func FuzzDecoder(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, octets []byte) {
		for _, limits := range []Limits{{}, {RequestLine: 24, FieldSection: 48, FieldLines: 3, Body: 6}} {
			whole := decodeAll(t, limits, octets, 0) // and asserts the rest of the invariant
			for _, size := range []int{1, 2, 7, len(octets)/2 + 1} {
				if cut := decodeAll(t, limits, octets, size); !slices.Equal(cut, whole) {
					t.Fatalf("in pieces of %d octets:\n%s\nwhole:\n%s", size,
						strings.Join(cut, "\n"), strings.Join(whole, "\n"))
				}
			}
		}
	})
}

// Invariant: content and trailers that were encoded as chunks are decoded unchanged.
func FuzzChunked(f *testing.F) {
	f.Add([]byte("hello, world"), 5, "X-Checksum", "abc")
	f.Add([]byte("0\r\n\r\n"), 1, "Content-Length", "5")
	f.Add([]byte{}, 1, "X", "a\r\nb")
	f.Fuzz(func(t *testing.T, content []byte, size int, name, value string) {
		var encoder Encoder
		out, err := encoder.Append(nil, &RequestHead{
			Method: "POST", Target: RequestTarget{Raw: "/"}, Version: Version{1, 1}, Length: Chunked,
			Fields: Fields{{"Host", "a"}, {"Transfer-Encoding", "chunked"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		size = size&0xff + 1
		for piece := range slices.Chunk(content, size) {
			if out, err = encoder.Append(out, &Data{piece}); err != nil {
				t.Fatalf("content %q: %v", piece, err)
			}
		}
		trailers := Fields{{name, value}}
		if out, err = encoder.Append(out, &End{trailers}); err != nil {
			if errors.As(err, new(*MisuseError)) {
				trailers = nil
				out, err = encoder.Append(out, &End{})
			}
			if err != nil {
				t.Fatalf("after a trailer was refused: %v", err)
			}
		}
		if len(name)+len(value) > 60<<10 || len(content) > 8<<20 {
			t.Skip("beyond the limits of a Decoder")
		}
		_, got, end := decodeOne(t, string(out))
		for i := range trailers {
			trailers[i].Value = trimOWS(value) // white space around is not of the value (RFC 9112 §5.1)
		}
		if !bytes.Equal(got, content) || !slices.Equal(end.Trailers, trailers) {
			t.Fatalf("%q decodes to %q with trailers %q, it was %q with %q", out, got, end.Trailers, content, trailers)
		}
	})
}

// Invariant: a message does not change when it is decoded, encoded and decoded again.
func FuzzRoundTrip(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, octets []byte) {
		first := eventsOf(octets)
		var encoder Encoder
		var out []byte
		for _, event := range first {
			var err error
			if out, err = encoder.Append(out, event); err != nil {
				t.Fatalf("%#v was decoded, but is not encoded: %v", event, err)
			}
		}
		if second := eventsOf(out); !reflect.DeepEqual(first, second) {
			t.Fatalf("%q\nfirst  %+v\nsecond %+v", out, first, second)
		}
	})
}

// eventsOf returns the events of a first message, without empty content; none if the message is not complete. An
// encoded field line has a space after its colon, so there is room for it.
func eventsOf(octets []byte) (events []Event) {
	limits := Limits{FieldSection: 128 << 10}.WithDefaults()
	decoder := NewDecoder(&limits)
	decoder.Feed(octets)
	var content []byte
	for event, _ := decoder.Next(); event != nil; event, _ = decoder.Next() {
		switch event := event.(type) {
		case *RequestHead:
			events = append(events, event)
		case *Data:
			content = append(content, event.Bytes...)
		case *End:
			if content != nil {
				events = append(events, &Data{content})
			}
			return append(events, &End{event.Trailers})
		}
	}
	return nil
}
