package wire

// quality is a qvalue in thousandths: 1000 is most preferred, 1 least, and 0 not acceptable (RFC 9110 §12.4.2).
type quality int

// fullQuality is that of a member without a weight (RFC 9110 §12.4.2).
const fullQuality quality = 1000

// parseQuality parses a qvalue. The zero before the point may be missing: Java's HttpURLConnection sent "*/*; q=.2" for
// two decades, and without that member it would accept hardly anything.
//
// qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ) (RFC 9110 §12.4.2)
func parseQuality(value string) (q quality, ok bool) {
	digits := value
	if value != "" && (value[0] == '0' || value[0] == '1') {
		q = fullQuality * quality(value[0]-'0')
		digits = value[1:]
	}
	switch {
	case digits == "":
		return q, value != ""
	case digits[0] != '.' || len(digits) > len(".000") || len(value) < len("0."):
		return 0, false
	}
	unit := fullQuality
	for i := 1; i < len(digits); i++ {
		if octets[digits[i]]&digit == 0 {
			return 0, false
		}
		unit /= 10
		q += unit * quality(digits[i]-'0')
	}
	return q, q <= fullQuality
}

// parseWeighted parses a list member that is a token and perhaps its weight.
//
// weight = OWS ";" OWS "q=" qvalue (RFC 9110 §12.4.2), and the "q" is case-insensitive, as all ABNF strings are
func parseWeighted(member string) (name string, q quality, ok bool) {
	end := lengthIn(member, tchar)
	if end == 0 {
		return "", 0, false
	}
	name, member = member[:end], trimOWS(member[end:])
	if member == "" {
		return name, fullQuality, true
	}
	if member[0] != ';' {
		return "", 0, false
	}
	member = trimOWS(member[1:])
	if len(member) < len("q=") || lower(member[0]) != 'q' || member[1] != '=' {
		return "", 0, false
	}
	q, ok = parseQuality(member[len("q="):])
	return name, q, ok
}
