package wire

// A Field is one field line: its name in the case received, its value without surrounding white
// space (RFC 9112 §5).
type Field = struct{ Name, Value string }

// Fields are the field lines of a section, in the order received.
type Fields []Field

// Get returns the value of the first field line with that name, or "". Names are case-insensitive (RFC 9110 §5.1).
func (f Fields) Get(name string) string {
	for i := range f {
		if equalFold(f[i].Name, name) {
			return f[i].Value
		}
	}
	return ""
}

// Has reports whether there is a field line with that name.
func (f Fields) Has(name string) bool {
	for i := range f {
		if equalFold(f[i].Name, name) {
			return true
		}
	}
	return false
}

// Values returns the values of all field lines with that name, in order.
func (f Fields) Values(name string) (values []string) {
	for i := range f {
		if equalFold(f[i].Name, name) {
			values = append(values, f[i].Value)
		}
	}
	return values
}

// A fieldSpan says where the name and the value of a field line are, in octets from the start of the head.
type fieldSpan struct{ name, nameEnd, value, valueEnd int32 }

// parseFieldLine finds the name and the value in a line without its CRLF, counted from its first octet.
//
// field-line = field-name ":" OWS field-value OWS (RFC 9112 §5)
func parseFieldLine(line []byte) (span fieldSpan, broken *Rule) {
	colon := lengthIn(line, tchar)
	if colon == len(line) || line[colon] != ':' || colon == 0 {
		return span, whyNoName(line, colon)
	}
	start, end := colon+1, len(line)
	for start < end && (line[start] == ' ' || line[start] == '\t') {
		start++
	}
	for end > start && (line[end-1] == ' ' || line[end-1] == '\t') {
		end--
	}
	for at := start + visibleLength(line[start:end]); at < end; at++ {
		if octets[line[at]]&fieldOctet == 0 {
			return span, whyNoValue(line[at])
		}
	}
	return fieldSpan{0, int32(colon), int32(start), int32(end)}, nil
}

// whyNoName returns the rule that a field line breaks if its name ends at that octet without a colon.
func whyNoName(line []byte, end int) *Rule {
	switch {
	case end == len(line):
		return ruleFieldLine
	case line[0] == ' ' || line[0] == '\t':
		return ruleObsFold
	case line[end] == '\r':
		return ruleBareCR
	case line[end] != ' ' && line[end] != '\t':
		return ruleFieldName
	}
	// "No whitespace is allowed between the field name and colon" (RFC 9112 §5.1)
	for _, c := range line[end:] {
		if c == ':' {
			return ruleSpaceBeforeCol
		}
	}
	return ruleFieldLine
}

func whyNoValue(c byte) *Rule {
	if c == '\r' {
		return ruleBareCR
	}
	return ruleFieldValue
}

// appendField appends a field line. The name must be a token and the value free of control octets; otherwise the
// field could end early and another begin (RFC 9110 §5.5).
func appendField(dst []byte, name, value string) ([]byte, error) {
	if !isToken(name) {
		return dst, &MisuseError{"RFC 9110 §5.1", "field name is not a token: " + quote(name)}
	}
	dst = append(dst, name...)
	return appendValue(append(dst, ": "...), name, value)
}

// appendValue appends the part of a field line after its name.
func appendValue(dst []byte, name, value string) ([]byte, error) {
	if !allIn(value, fieldOctet) {
		return dst, &MisuseError{"RFC 9110 §5.5", "control octet in the value of field " + name}
	}
	dst = append(dst, value...)
	return append(dst, "\r\n"...), nil
}
