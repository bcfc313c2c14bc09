package wire

// BodyLength says how the length of a message body is known (RFC 9112 §6.3): a number of octets from Content-Length,
// or one of the values below.
type BodyLength int64

const (
	Chunked    BodyLength = -1 // by the chunked transfer coding (RFC 9112 §7.1)
	UntilClose BodyLength = -2 // by the closing of the connection; for responses only
)

// framing is what the field section says about the length of the body.
type framing struct {
	length                int64
	hasLength, hasCoding  bool
	chunked, otherCodings bool // named in Transfer-Encoding
}

// parseContentLength parses one Content-Length field line.
//
// Content-Length = 1*DIGIT (RFC 9110 §8.6). A list, or a second line, is refused even if all values agree, as RFC
// 9112 §6.3 allows: a client that sends it is confused or malicious.
func (f *framing) parseContentLength(value string) *Rule {
	if f.hasLength {
		return ruleLengthRepeated
	}
	f.hasLength = true
	if value == "" || !allIn(value, digit) {
		return whyNoLength(value)
	}
	for i := range len(value) {
		if f.length > 1e17 {
			return ruleContentLength // beyond any limit, and soon beyond 64 bits
		}
		f.length = f.length*10 + int64(value[i]-'0')
	}
	return nil
}

func whyNoLength(value string) *Rule {
	first, rest := cutElement(value)
	if second, _ := cutElement(rest); second != "" && allIn(first, digit) {
		return ruleLengthRepeated
	}
	return ruleLengthSyntax
}

// parseTransferEncoding adds the codings of one Transfer-Encoding field line.
//
// Transfer-Encoding = #transfer-coding (RFC 9112 §6.1). Only chunked is implemented, without
// parameters, once, and last.
func (f *framing) parseTransferEncoding(value string) *Rule {
	f.hasCoding = true
	coding, rest := cutElement(value)
	if coding == "" {
		return ruleCodingSyntax
	}
	for ; coding != ""; coding, rest = cutElement(rest) {
		name := coding[:lengthIn(coding, tchar)]
		switch {
		case name == "":
			return ruleCodingSyntax
		case equalFold(coding, "chunked") && f.chunked:
			return ruleCodingTwice
		case equalFold(coding, "chunked"):
			f.chunked = true
		case f.chunked:
			return ruleCodingNotLast
		case equalFold(name, "chunked"):
			return ruleCodingSyntax // chunked has no parameters (RFC 9112 §7.1)
		default:
			f.otherCodings = true
		}
	}
	return nil
}

// bodyLength decides the length of a request's body, in the order of RFC 9112 §6.3.
func bodyLength(version Version, f framing) (BodyLength, *Rule) {
	switch {
	case f.hasCoding && !version.AtLeast11():
		return 0, ruleCodingVersion
	case f.hasCoding && f.hasLength:
		return 0, ruleLengthAndCoding
	case f.hasCoding && !f.chunked:
		return 0, ruleCodingNotLast
	case f.otherCodings:
		return 0, ruleCoding
	case f.hasCoding:
		return Chunked, nil
	}
	return BodyLength(f.length), nil
}
