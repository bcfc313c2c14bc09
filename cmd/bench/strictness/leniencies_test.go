package strictness

import (
	"regexp"
	"slices"
	"strings"

	"github.com/troupe-go/troupe/wire"
)

// A leniency is a kind of request that we take and a rival refuses. The page says why we take it.
type leniency struct {
	name    string
	example string
	has     func(*taken) bool
	mend    func(*wire.RequestHead) // what the rivals would take; nil if writing it again is enough
}

const (
	plainPost = "POST / HTTP/1.1\r\nHost: a\r\n"
	chunked   = plainPost + "Transfer-Encoding: chunked\r\n\r\n"
)

var leniencies = []leniency{
	{"empty lines before a request line", "\r\n\r\n" + plainPost + "\r\n",
		func(r *taken) bool { return r.octets[0] == '\r' }, nil},
	{"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n",
		func(r *taken) bool { return r.head.Fields.Has("Host") && r.head.Fields.Get("Host") == "" },
		func(head *wire.RequestHead) { setField(head, "Host", "a") }},
	{"an unreserved character of Host percent-encoded", "GET / HTTP/1.1\r\nHost: %61\r\n\r\n",
		func(r *taken) bool { return encodedASCII.MatchString(r.head.Fields.Get("Host")) },
		func(head *wire.RequestHead) { setField(head, "Host", "a") }},
	{"an unreserved character of a target's host percent-encoded", "GET http://%61/ HTTP/1.1\r\nHost: a\r\n\r\n",
		func(r *taken) bool { return encodedASCII.MatchString(targetHost(&r.head.Target)) },
		func(head *wire.RequestHead) {
			host := targetHost(&head.Target)
			head.Target.Raw = strings.Replace(head.Target.Raw, host, encodedASCII.ReplaceAllString(host, "a"), 1)
		}},
	{"two slashes at the start of a path", "GET //[ HTTP/1.0\r\n\r\n",
		func(r *taken) bool { return strings.HasPrefix(r.head.Target.Raw, "//") },
		func(head *wire.RequestHead) { head.Target.Raw = "/" + strings.TrimLeft(head.Target.Raw, "/") }},
	{"any Expect in HTTP/1.0", "GET / HTTP/1.0\r\nExpect: a miracle\r\n\r\n",
		func(r *taken) bool { return !r.head.Version.AtLeast11() && r.head.Fields.Has("Expect") },
		func(head *wire.RequestHead) { setField(head, "Expect", "") }},
	{"an Expect of empty elements", "GET / HTTP/1.1\r\nHost: a\r\nExpect: ,\r\n\r\n",
		func(r *taken) bool {
			return r.head.Version.AtLeast11() && strings.Contains(r.head.Fields.Get("Expect"), ",")
		},
		func(head *wire.RequestHead) { setField(head, "Expect", "") }},
	{"chunked in a minor version above 1", "POST / HTTP/1.2\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		func(r *taken) bool { return r.head.Version.Minor > 1 && r.head.Length == wire.Chunked },
		func(head *wire.RequestHead) { head.Version.Minor = 1 }},
	{"empty elements in Transfer-Encoding", plainPost + "Transfer-Encoding: , chunked,\r\n\r\n0\r\n\r\n",
		func(r *taken) bool { return strings.Contains(r.head.Fields.Get("Transfer-Encoding"), ",") },
		func(head *wire.RequestHead) { setField(head, "Transfer-Encoding", "chunked") }},
	{"a Trailer that announces what is none", plainPost + "Trailer: \"\r\n\r\n",
		func(r *taken) bool { return r.head.Fields.Has("Trailer") },
		func(head *wire.RequestHead) { setField(head, "Trailer", "") }},
	{"a chunk size of 16 digits and more", chunked + "00000000000000001\r\na\r\n0\r\n\r\n",
		func(r *taken) bool { return slices.ContainsFunc(r.chunkLines(), longSize.MatchString) }, nil},
	{"white space before a chunk extension", chunked + "1 ; b\r\na\r\n0\r\n\r\n",
		func(r *taken) bool { return slices.ContainsFunc(r.chunkLines(), spacedExtension.MatchString) }, nil},
}

var (
	encodedASCII    = regexp.MustCompile(`%[0-7][0-9A-Fa-f]`)
	longSize        = regexp.MustCompile(`^[0-9A-Fa-f]{16}`)
	spacedExtension = regexp.MustCompile(`^[0-9A-Fa-f]+[ \t]`)
)

// setField takes the fields of that name out, and puts one in their place if there is a value.
func setField(head *wire.RequestHead, name, value string) {
	head.Fields = slices.DeleteFunc(head.Fields, func(f wire.Field) bool { return strings.EqualFold(f.Name, name) })
	if value != "" {
		head.Fields = append(head.Fields, wire.Field{Name: name, Value: value})
	}
}

// targetHost is the host that the target itself has.
func targetHost(target *wire.RequestTarget) string {
	if strings.HasPrefix(target.Raw, "/") || target.Raw == "*" {
		return ""
	}
	return target.Authority
}

// mended is the request without the leniencies that it has.
func (r *taken) mended(all []leniency) *taken {
	plain := *r
	head := *r.head
	head.Fields = slices.Clone(head.Fields)
	plain.head = &head
	for _, l := range all {
		if l.mend != nil {
			l.mend(&head)
		}
	}
	return &plain
}

// leniencies are those that the request has.
func (r *taken) leniencies() (all []leniency) {
	for _, l := range leniencies {
		if l.has(r) {
			all = append(all, l)
		}
	}
	return all
}
