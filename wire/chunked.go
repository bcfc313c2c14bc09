package wire

import "strconv"

// parseChunkSize parses a line chunk-size [ chunk-ext ] without its CRLF, and returns how many octets of it are
// extensions.
//
// chunk-size = 1*HEXDIG (RFC 9112 §7.1)
func parseChunkSize(line []byte) (size int64, extension int, broken *Rule) {
	i := 0
	for ; i < len(line) && octets[line[i]]&hexDigit != 0; i++ {
		if size > 1<<58 {
			return 0, 0, ruleChunkOverflow // "parsing errors due to integer conversion overflows"
		}
		size = size<<4 | int64(unhex(line[i]))
	}
	switch {
	case i == 0:
		return 0, 0, whyNoChunk(line, ruleChunkSize)
	case i == len(line):
		return size, 0, nil
	case line[i] != ';' && line[i] != ' ' && line[i] != '\t':
		return 0, 0, whyNoChunk(line, ruleChunkSize)
	case !isChunkExtension(line[i:]):
		return 0, 0, whyNoChunk(line, ruleChunkExt)
	}
	return size, len(line) - i, nil
}

func whyNoChunk(line []byte, otherwise *Rule) *Rule {
	for _, c := range line {
		if c == '\r' {
			return ruleBareCR
		}
	}
	return otherwise
}

// chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] ) (RFC 9112 §7.1.1). No extension is
// understood, so all are ignored; anything malformed is refused.
func isChunkExtension(b []byte) bool {
	for len(b) > 0 {
		b = trimLeft(b)
		if len(b) == 0 || b[0] != ';' {
			return false
		}
		b = trimLeft(b[1:])
		name := lengthIn(b, tchar)
		if name == 0 {
			return false
		}
		b = b[name:]
		if value := trimLeft(b); len(value) > 0 && value[0] == '=' {
			var ok bool
			if b, ok = cutExtensionValue(trimLeft(value[1:])); !ok {
				return false
			}
		}
	}
	return true
}

// chunk-ext-val = token / quoted-string (RFC 9112 §7.1.1)
func cutExtensionValue(b []byte) (rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '"' {
		n := lengthIn(b, tchar)
		return b[n:], n > 0
	}
	for i := 1; i < len(b); i++ {
		switch {
		case b[i] == '"':
			return b[i+1:], true
		case b[i] == '\\' && i+1 < len(b):
			i++
		}
		if octets[b[i]]&fieldOctet == 0 {
			return nil, false
		}
	}
	return nil, false
}

func trimLeft(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	return b
}

// appendChunk appends chunk = chunk-size CRLF chunk-data CRLF (RFC 9112 §7.1). The data must not be empty: that would
// be the last chunk.
func appendChunk(dst, data []byte) []byte {
	dst = strconv.AppendInt(dst, int64(len(data)), 16)
	dst = append(dst, "\r\n"...)
	dst = append(dst, data...)
	return append(dst, "\r\n"...)
}

// appendLastChunk appends last-chunk, the trailer section and the final CRLF (RFC 9112 §7.1).
func appendLastChunk(dst []byte, trailers Fields) (_ []byte, err error) {
	whole := dst
	dst = append(dst, "0\r\n"...)
	for _, field := range trailers {
		if !allowedInTrailer(field.Name) {
			return whole, &MisuseError{"RFC 9110 §6.5.1", "field not allowed in a trailer section: " + quote(field.Name)}
		}
		if dst, err = appendField(dst, field.Name, field.Value); err != nil {
			return whole, err
		}
	}
	return append(dst, "\r\n"...), nil
}

// allowedInTrailer refuses fields that frame, route, authenticate or describe the content: in a trailer section they
// come too late, and are dangerous if somebody merges them (RFC 9110 §6.5.1).
func allowedInTrailer(name string) bool {
	for _, forbidden := range forbiddenTrailers {
		if equalFold(name, forbidden) {
			return false
		}
	}
	return true
}

var forbiddenTrailers = []string{
	"Authorization", "Cache-Control", "Connection", "Content-Encoding", "Content-Length",
	"Content-Range", "Content-Type", "Cookie", "Expect", "Host", "Keep-Alive", "Max-Forwards",
	"Proxy-Authorization", "Proxy-Connection", "Range", "Set-Cookie", "TE", "Trailer",
	"Transfer-Encoding", "Upgrade",
}
