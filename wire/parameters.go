package wire

// cutParameter cuts the first parameter off a list of them, and skips empty ones. The name is "" at the end of the
// list. A value that is a quoted string keeps its quotes, for unquote.
//
// parameters = *( OWS ";" OWS [ parameter ] ); parameter = token "=" ( token / quoted-string ) (RFC 9110 §5.6.6)
func cutParameter(list string) (name, value, rest string, ok bool) {
	list = trimOWS(list)
	for list != "" && list[0] == ';' {
		list = trimOWS(list[1:])
		if list == "" || list[0] == ';' {
			continue
		}
		end := lengthIn(list, tchar)
		if end == 0 || end == len(list) || list[end] != '=' {
			return "", "", "", false
		}
		name, list = list[:end], list[end+1:]
		if end = lengthIn(list, tchar); end == 0 {
			end = quotedLength(list)
		}
		if end == 0 {
			return "", "", "", false
		}
		return name, list[:end], list[end:], true
	}
	return "", "", "", list == ""
}

// quotedLength is the length of the quoted string at the start of s, 0 if there is none or it does not end.
//
// quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE; quoted-pair = "\" ( HTAB / SP / VCHAR / obs-text ) (RFC
// 9110 §5.6.4)
func quotedLength(s string) int {
	if s == "" || s[0] != '"' {
		return 0
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return i + 1
		case c == '\\' && i+1 < len(s):
			i++
		}
		if octets[s[i]]&fieldOctet == 0 {
			return 0
		}
	}
	return 0
}

// unquote returns the content of a quoted string, each quoted pair replaced by its octet (RFC 9110 §5.6.4), and a
// token as it is.
func unquote(value string) string {
	if value == "" || value[0] != '"' {
		return value
	}
	value = value[1 : len(value)-1]
	var content []byte // while there was no quoted pair, nil
	for i := 0; i < len(value); i++ {
		if value[i] == '\\' {
			if content == nil {
				content = append(make([]byte, 0, len(value)), value[:i]...)
			}
			i++
		}
		if content != nil {
			content = append(content, value[i])
		}
	}
	if content == nil {
		return value
	}
	return string(content)
}

// cutMember is cutElement for lists whose elements may hold quoted strings: a comma in quotes is no end. What follows
// a quote that is never closed is all one member, so that no list is searched twice.
func cutMember(list string) (member, rest string) {
	for member == "" && list != "" {
		end := 0
		for end < len(list) && list[end] != ',' {
			if list[end] != '"' {
				end++
			} else if n := quotedLength(list[end:]); n > 0 {
				end += n
			} else {
				end = len(list)
			}
		}
		member = trimOWS(list[:end])
		list = list[min(end+1, len(list)):]
	}
	return member, list
}
