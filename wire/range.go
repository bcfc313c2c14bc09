package wire

import (
	"slices"
	"strconv"
)

// A Range is a part of a representation: the octets from First to Last, both included, counted from 0 (RFC 9110
// §14.1.2).
type Range struct{ First, Last int64 }

// Length returns the number of octets in the range.
func (r Range) Length() int64 { return r.Last - r.First + 1 }

// ContentRange returns the value of Content-Range for this part of a representation of that length (RFC 9110 §14.4):
// "bytes 0-499/1234" for example.
func (r Range) ContentRange(length int64) string {
	value := append(make([]byte, 0, 64), "bytes "...)
	value = strconv.AppendInt(value, r.First, 10)
	value = strconv.AppendInt(append(value, '-'), r.Last, 10)
	value = strconv.AppendInt(append(value, '/'), length, 10)
	return string(value)
}

// UnsatisfiedRange returns the value of Content-Range for a 416 (RFC 9110 §14.4): "bytes */1234" for example.
func UnsatisfiedRange(length int64) string { return "bytes */" + strconv.FormatInt(length, 10) }

// maxRanges are served in one response. A page of a document asks for a handful; "many small ranges" are "indications
// of either a broken client or a deliberate denial-of-service attack" (RFC 9110 §14.2).
const maxRanges = 64

// ParseRanges parses the value of Range and applies it to a representation of that length (RFC 9110 §14.2). It returns
// the status of the response:
//
//   - 206 with the ranges to serve, in the order requested. Ranges that overlap or adjoin are made one (§15.3.7.2), and
//     those that begin after the end are left out.
//   - 416 if all begin after the end; see [UnsatisfiedRange].
//   - 200 if the field is to be ignored, and the whole representation to be served: if the field is malformed, or its
//     unit is not bytes; if there are more than 64 ranges, more than two that overlap, or more octets in them than in the
//     representation (§14.2, §17.15); or if the representation is empty, for which there is nothing to put in a part.
func ParseRanges(value string, length int64) (ranges []Range, status int) {
	unit := lengthIn(value, tchar)
	if !equalFold(value[:unit], "bytes") || unit == len(value) || value[unit] != '=' || length <= 0 {
		return nil, 200
	}
	given, overlaps, room := 0, 0, length
	for spec, rest := cutElement(value[unit+1:]); spec != ""; spec, rest = cutElement(rest) {
		r, ok := parseRangeSpec(spec, length)
		given++
		if !ok || given > maxRanges {
			return nil, 200
		}
		if r.First >= length {
			continue
		}
		n := 0
		ranges, n = coalesce(ranges, r)
		overlaps += n
		room -= r.Length()
		if overlaps > 1 || room < 0 {
			return nil, 200
		}
	}
	switch {
	case given == 0:
		return nil, 200
	case ranges == nil:
		return nil, 416
	}
	return ranges, 206
}

// parseRangeSpec applies one range-spec to a representation of that length. One that is not satisfiable begins at its
// end, or later.
//
// int-range = first-pos "-" [ last-pos ]; suffix-range = "-" suffix-length (RFC 9110 §14.1.1)
func parseRangeSpec(spec string, length int64) (r Range, ok bool) {
	dash := lengthIn(spec, digit)
	if dash == len(spec) || spec[dash] != '-' || !allIn(spec[dash+1:], digit) {
		return r, false
	}
	first, last := spec[:dash], spec[dash+1:]
	switch {
	case first == "" && last == "":
		return r, false
	case first == "":
		return Range{length - min(parsePosition(last), length), length - 1}, true
	}
	r = Range{parsePosition(first), maxPosition}
	if last != "" {
		r.Last = parsePosition(last)
	}
	ok = r.First <= r.Last
	r.Last = min(r.Last, length-1)
	return r, ok
}

// maxPosition is more octets than anything has.
const maxPosition = 1<<63 - 1

// parsePosition parses decimal digits. Any number above maxPosition counts as that: recipients "MUST anticipate
// potentially large decimal numerals" (RFC 9110 §14.1.2).
func parsePosition(digits string) (n int64) {
	for i := range len(digits) {
		d := int64(digits[i] - '0')
		if n > (maxPosition-d)/10 {
			return maxPosition
		}
		n = n*10 + d
	}
	return n
}

// coalesce adds a range to others, none of which touch each other, and makes it one with those that it overlaps or
// adjoins, in the place of the first of them. It returns how many it overlaps.
func coalesce(ranges []Range, r Range) (_ []Range, overlaps int) {
	given, place := r, len(ranges)
	for i := 0; i < len(ranges); {
		other := ranges[i]
		if given.First > other.Last+1 || other.First > given.Last+1 {
			i++
			continue
		}
		if given.First <= other.Last && other.First <= given.Last {
			overlaps++
		}
		r = Range{min(r.First, other.First), max(r.Last, other.Last)}
		place = min(place, i)
		ranges = slices.Delete(ranges, i, i+1)
	}
	return slices.Insert(ranges, place, r), overlaps
}
