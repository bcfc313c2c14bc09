package wire

import "strconv"

// StatusText returns the reason phrase of a status code; "" for a code that is neither in RFC 9110 §15 nor in the
// registry.
func StatusText(status int) string { return reasons[status] }

// MayHaveContent reports whether a response of that status may have content: not 1xx, 204 or 304
// (RFC 9110 §6.4.1).
func MayHaveContent(status int) bool { return status >= 200 && status != 204 && status != 304 }

var reasons = map[int]string{
	100: "Continue", 101: "Switching Protocols", 102: "Processing", 103: "Early Hints",
	200: "OK", 201: "Created", 202: "Accepted", 203: "Non-Authoritative Information",
	204: "No Content", 205: "Reset Content", 206: "Partial Content", 207: "Multi-Status",
	208: "Already Reported", 226: "IM Used",
	300: "Multiple Choices", 301: "Moved Permanently", 302: "Found", 303: "See Other",
	304: "Not Modified", 305: "Use Proxy", 307: "Temporary Redirect", 308: "Permanent Redirect",
	400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden",
	404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
	407: "Proxy Authentication Required", 408: "Request Timeout", 409: "Conflict", 410: "Gone",
	411: "Length Required", 412: "Precondition Failed", 413: "Content Too Large",
	414: "URI Too Long", 415: "Unsupported Media Type", 416: "Range Not Satisfiable",
	417: "Expectation Failed", 421: "Misdirected Request", 422: "Unprocessable Content",
	423: "Locked", 424: "Failed Dependency", 425: "Too Early", 426: "Upgrade Required",
	428: "Precondition Required", 429: "Too Many Requests",
	431: "Request Header Fields Too Large", 451: "Unavailable For Legal Reasons",
	500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
	503: "Service Unavailable", 504: "Gateway Timeout", 505: "HTTP Version Not Supported",
	506: "Variant Also Negotiates", 507: "Insufficient Storage", 508: "Loop Detected",
	511: "Network Authentication Required",
}

// statusLines holds the lines of the known statuses, ready to copy.
var statusLines = func() (lines [600]string) {
	for status, reason := range reasons {
		lines[status] = "HTTP/1.1 " + strconv.Itoa(status) + " " + reason + "\r\n"
	}
	return lines
}()

// appendStatusLine appends status-line = HTTP-version SP status-code SP [ reason-phrase ] CRLF. The version is the
// server's own highest, 1.1, even for a request of 1.0 (RFC 9110 §6.2). The space before a missing reason stays (RFC
// 9112 §4).
func appendStatusLine(dst []byte, status int) ([]byte, error) {
	if status < 100 || status > 599 {
		return dst, &MisuseError{"RFC 9110 §15", "status code is not from 100 to 599: " + strconv.Itoa(status)}
	}
	if statusLines[status] != "" {
		return append(dst, statusLines[status]...), nil
	}
	dst = append(dst, "HTTP/1.1 "...)
	dst = strconv.AppendInt(dst, int64(status), 10)
	return append(dst, " \r\n"...), nil
}

func quote(s string) string { return strconv.Quote(s[:min(len(s), maxExcerpt)]) }
