package wire

import "encoding/binary"

// An octetClass says in which productions of RFC 9110 and RFC 3986 an octet may occur.
type octetClass uint8

const (
	tchar      octetClass = 1 << iota // in a token (RFC 9110 §5.6.2)
	fieldOctet                        // in a field value: HTAB, SP, VCHAR, obs-text (RFC 9110 §5.5)
	targetChar                        // in a request target (RFC 9112 §3.2)
	hostChar                          // in the reg-name of an authority (RFC 3986 §3.2.2)
	hexDigit                          // HEXDIG (RFC 5234 §B.1), in either case
	digit                             // DIGIT (RFC 5234 §B.1)
	unreserved                        // means the same when it is percent-encoded (RFC 3986 §2.3)
	plainPath                         // in a path that can be used as it is: no "%", no "." and no "?"
)

// octets holds the classes of every octet.
var octets = classify()

func classify() (table [256]octetClass) {
	mark := func(class octetClass, members string) {
		for i := range len(members) {
			table[members[i]] |= class
		}
	}
	span := func(class octetClass, from, to int) {
		for c := from; c <= to; c++ {
			table[c] |= class
		}
	}
	const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	mark(tchar, alphanumeric+"!#$%&'*+-.^_`|~")
	mark(fieldOctet, "\t ")
	span(fieldOctet, '!', '~')
	span(fieldOctet, 0x80, 0xff)
	// Browsers send |, ^, [, ], {, }, \ and ` as they are, so more than RFC 3986 allows is accepted; but no fragment,
	// quotation mark, angle bracket, control, or octet above 0x7e.
	span(targetChar, '!', '~')
	for _, c := range "\"#<>" {
		table[c] &^= targetChar
	}
	for c := range table {
		if table[c]&targetChar != 0 && c != '%' && c != '.' && c != '?' {
			table[c] |= plainPath
		}
	}
	mark(hostChar, alphanumeric+"-._~!$&'()*+,;=%")
	mark(hexDigit, "0123456789abcdefABCDEF")
	mark(digit, "0123456789")
	mark(unreserved, alphanumeric+"-._~")
	return table
}

// allIn reports whether every octet of s is of the class.
func allIn[T string | []byte](s T, class octetClass) bool { return lengthIn(s, class) == len(s) }

// lengthIn is the number of octets at the start of s that are of the class.
func lengthIn[T string | []byte](s T, class octetClass) (n int) {
	for n < len(s) && octets[s[n]]&class != 0 {
		n++
	}
	return n
}

// visibleLength returns a number of octets at the start of s that are not controls, a multiple of 8. It checks eight
// octets at a time, which is enough for most of a field section.
func visibleLength(s []byte) (n int) {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; len(s)-n >= 8; n += 8 {
		eight := binary.LittleEndian.Uint64(s[n:])
		del := eight ^ ones*0x7f
		if ((eight-ones*' ')&^eight|(del-ones)&^del)&highs != 0 { // one is below SP, or is DEL
			break
		}
	}
	return n
}

// token = 1*tchar (RFC 9110 §5.6.2)
func isToken[T string | []byte](s T) bool { return len(s) > 0 && allIn(s, tchar) }

// lower returns the octet with an ASCII capital made lower-case.
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// equalFold compares field names, connection options and codings: ASCII, case-insensitive.
func equalFold[A, B string | []byte](a A, b B) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] && lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

// unhex is the value of a HEXDIG.
func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	default:
		return c - 'a' + 10
	}
}

// trimOWS removes optional white space from both ends: OWS = *( SP / HTAB ) (RFC 9110 §5.6.3).
func trimOWS[T string | []byte](s T) T {
	for len(s) > 0 && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for len(s) > 0 && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

// cutElement cuts the first element off a comma-separated list, without its white space, and skips empty elements, as
// a recipient must (RFC 9110 §5.6.1.2). The element is "" at the end of the list.
func cutElement(list string) (element, rest string) {
	for element == "" && list != "" {
		end := 0
		for end < len(list) && list[end] != ',' {
			end++
		}
		element = trimOWS(list[:end])
		list = list[min(end+1, len(list)):]
	}
	return element, list
}
