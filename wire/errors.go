package wire

import "strconv"

// A Rule is one requirement of HTTP/1.1 for requests: the status that answers a violation, the section that has it,
// and a phrase that names the violation.
type Rule struct {
	Status  int    // of the response: 400, 413, 414, 417, 431, 501 or 505
	Section string // for example "RFC 9112 §6.3"
	Reason  string // one short phrase, fit for the peer to see
}

// A ProtocolError says that a message broke a rule. The peer is answered with its Status, and the connection is
// closed: the framing after it is unknown, so nothing more is read.
type ProtocolError struct {
	Rule
	Offset int64 // of the offending octet or line, counted from the first octet of the message

	// Line is what may be shown of the offending line, as received and at most 128 octets: method, target and version
	// of a request line, the name of a field line, or the whole line of Host. It is "" within content, and if these
	// parts cannot be told from a secret.
	Line string
}

// Error is for example: 400 "Content-Length with Transfer-Encoding" (RFC 9112 §6.3).
func (e *ProtocolError) Error() string {
	return strconv.Itoa(e.Status) + " " + strconv.Quote(e.Reason) + " (" + e.Section + ")"
}

// A MisuseError says that a caller asked an Encoder for a message that HTTP forbids. Nothing was appended for that
// event.
type MisuseError struct {
	Section string
	Reason  string
}

// Error is for example: a response of status 204 has no content (RFC 9110 §6.4.1).
func (e *MisuseError) Error() string { return e.Reason + " (" + e.Section + ")" }

// The rules, in the order of RFC 9112.
var (
	ruleBareCR          = rule(400, "RFC 9112 §2.2", "CR without LF")
	ruleBareLF          = rule(400, "RFC 9112 §2.2", "LF without CR")
	ruleEmptyLines      = rule(400, "RFC 9112 §2.2", "too many empty lines before the request line")
	ruleLeadingSpace    = rule(400, "RFC 9112 §2.2", "white space before the first field line")
	ruleVersionSyntax   = rule(400, "RFC 9112 §2.3", "malformed HTTP version")
	ruleVersion         = rule(505, "RFC 9110 §15.6.6", "only HTTP/1.0 and HTTP/1.1 are spoken here")
	ruleRequestLine     = rule(400, "RFC 9112 §3", "malformed request line")
	ruleTLS             = rule(400, "RFC 9112 §3", "a TLS handshake, on a port without TLS")
	ruleProxyHeader     = rule(400, "RFC 9112 §3", "a PROXY protocol header, where none is expected")
	ruleMethodSyntax    = rule(400, "RFC 9112 §3.1", "malformed method")
	ruleMethodLength    = rule(501, "RFC 9112 §3", "method too long")
	ruleTargetLength    = rule(414, "RFC 9112 §3", "request target too long")
	ruleTargetSyntax    = rule(400, "RFC 9112 §3.2", "malformed request target")
	ruleTargetEncoding  = rule(400, "RFC 3986 §2.1", "malformed percent-encoding in the request target")
	ruleTargetNUL       = rule(400, "RFC 3986 §7.3", "NUL in the request target")
	ruleTargetForm      = rule(400, "RFC 9112 §3.2", "form of the request target does not fit the method")
	ruleHostMissing     = rule(400, "RFC 9112 §3.2", "no Host")
	ruleHostRepeated    = rule(400, "RFC 9112 §3.2", "more than one Host")
	ruleHostSyntax      = rule(400, "RFC 9112 §3.2", "malformed Host")
	ruleFieldLine       = rule(400, "RFC 9112 §5", "field line without a colon")
	ruleFieldName       = rule(400, "RFC 9112 §5", "malformed field name")
	ruleSpaceBeforeCol  = rule(400, "RFC 9112 §5.1", "white space between field name and colon")
	ruleFieldValue      = rule(400, "RFC 9110 §5.5", "control octet in a field value")
	ruleObsFold         = rule(400, "RFC 9112 §5.2", "folded field line")
	ruleSectionLength   = rule(431, "RFC 6585 §5", "field section too large")
	ruleFieldCount      = rule(431, "RFC 6585 §5", "too many field lines")
	ruleCoding          = rule(501, "RFC 9112 §6.1", "only the transfer coding chunked is understood")
	ruleCodingSyntax    = rule(400, "RFC 9112 §6.1", "malformed Transfer-Encoding")
	ruleCodingNotLast   = rule(400, "RFC 9112 §6.3", "chunked is not the final transfer coding")
	ruleCodingTwice     = rule(400, "RFC 9112 §6.1", "chunked more than once")
	ruleCodingVersion   = rule(400, "RFC 9112 §6.1", "Transfer-Encoding in HTTP/1.0")
	ruleLengthAndCoding = rule(400, "RFC 9112 §6.3", "Content-Length with Transfer-Encoding")
	ruleLengthSyntax    = rule(400, "RFC 9112 §6.3", "malformed Content-Length")
	ruleLengthRepeated  = rule(400, "RFC 9112 §6.3", "more than one Content-Length")
	ruleContentLength   = rule(413, "RFC 9110 §15.5.14", "content too large")
	ruleChunkSize       = rule(400, "RFC 9112 §7.1", "malformed chunk size")
	ruleChunkOverflow   = rule(400, "RFC 9112 §7.1", "chunk size too large")
	ruleChunkEnd        = rule(400, "RFC 9112 §7.1", "chunk data not followed by CRLF")
	ruleChunkExt        = rule(400, "RFC 9112 §7.1.1", "malformed chunk extension")
	ruleChunkExtLength  = rule(400, "RFC 9112 §7.1.1", "chunk extensions too long")
	ruleTrailer         = rule(400, "RFC 9110 §6.5.1", "field not allowed in a trailer section")
	ruleConnection      = rule(400, "RFC 9110 §7.6.1", "malformed Connection")
	ruleExpect          = rule(417, "RFC 9110 §10.1.1", "only the expectation 100-continue is met here")
)

// Rules lists every rule that a Decoder can report, in the order of RFC 9112.
func Rules() []Rule {
	list := make([]Rule, len(rules))
	for i, r := range rules {
		list[i] = *r
	}
	return list
}

var rules []*Rule

func rule(status int, section, reason string) *Rule {
	r := &Rule{status, section, reason}
	rules = append(rules, r)
	return r
}
