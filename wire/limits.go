package wire

// Limits bound what one request may cost, in octets and lines. A zero field means its default.
type Limits struct {
	RequestLine  int   // octets of the request line; 8 KiB; more is a 414 (RFC 9112 §3)
	FieldSection int   // octets of the field section, and of a trailer section; 64 KiB; 431 (RFC 6585 §5)
	FieldLines   int   // lines of the field section, and of a trailer section; 100; 431
	Body         int64 // octets of the content; 8 MiB; 413 (RFC 9110 §15.5.14); below 0 none is allowed
}

const (
	defaultRequestLine  = 8 << 10
	defaultFieldSection = 64 << 10
	defaultFieldLines   = 100
	defaultBody         = 8 << 20

	// maxEmptyLines before a request line are skipped: "at least one" (RFC 9112 §2.2).
	maxEmptyLines = 4
	// maxMethod is far longer than any registered method (RFC 9110 §16.1).
	maxMethod = 64
	// maxChunkLine bounds a line with a chunk size, and maxChunkExtensions all extensions of one
	// message: "a server ought to limit the total length of chunk extensions" (RFC 9112 §7.1.1).
	maxChunkLine       = 1 << 10
	maxChunkExtensions = 16 << 10
	// maxExcerpt is how much of an offending line an error shows.
	maxExcerpt = 128
)

// WithDefaults returns l with its zero fields set to the defaults.
func (l Limits) WithDefaults() Limits {
	if l.RequestLine == 0 {
		l.RequestLine = defaultRequestLine
	}
	if l.FieldSection == 0 {
		l.FieldSection = defaultFieldSection
	}
	if l.FieldLines == 0 {
		l.FieldLines = defaultFieldLines
	}
	if l.Body == 0 {
		l.Body = defaultBody
	}
	return l
}
