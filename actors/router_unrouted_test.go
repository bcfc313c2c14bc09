package actors

import (
	"slices"
	"strings"
	"testing"
)

func TestTheRouterAnswersWhereNoHandlerCan(t *testing.T) {
	tests := []struct {
		name, request, begin string
		contains             []string
		closes               bool
	}{
		{"no such resource (RFC 9110 §15.5.5)", ask("GET", "/none"), "HTTP/1.1 404 Not Found\r\n",
			[]string{"text/html; charset=utf-8", "<h1>404 - Page Not Found</h1>"}, false},
		{"no such method, and which there are (RFC 9110 §15.5.6)", ask("POST", "/both"), "HTTP/1.1 405 Method Not Allowed\r\n",
			[]string{"\r\nAllow: DELETE, GET, HEAD, OPTIONS\r\n"}, false},
		{"methods are case-sensitive (RFC 9110 §9.1)", ask("get", "/both"), "HTTP/1.1 501", nil, false},
		{"which methods there are (RFC 9110 §9.3.7)", ask("OPTIONS", "/both"), "HTTP/1.1 204", []string{"\r\nAllow: DELETE, GET, HEAD, OPTIONS\r\n"}, false},
		{"credentials are not sent back (RFC 9110 §9.3.8)", ask("TRACE", "/both"), "HTTP/1.1 501", nil, false},
		{"GET serves HEAD (RFC 9110 §9.3.2)", ask("HEAD", "/both"), "HTTP/1.1 200 OK\r\n", []string{"\r\nContent-Length: 4\r\n"}, false},
		{"DELETE does not serve HEAD", ask("HEAD", "/delete"), "HTTP/1.1 405", []string{"\r\nAllow: DELETE, OPTIONS\r\n"}, false},
		{"about the server itself (RFC 9110 §9.3.7)", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 204 No Content\r\n", nil, false},
		{"only a proxy connects (RFC 9110 §9.3.6)", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", "HTTP/1.1 501 Not Implemented\r\n",
			[]string{"\r\nConnection: close\r\n"}, true},
		{"the subtree is elsewhere (RFC 9110 §15.4.9)", ask("GET", "/tree?a=b&c"), "HTTP/1.1 308 Permanent Redirect\r\n",
			[]string{"\r\nLocation: /tree/?a=b&c\r\n"}, false},
		{"without a query", ask("GET", "/tree"), "HTTP/1.1 308", []string{"\r\nLocation: /tree/\r\n"}, false},
		{"the absolute form names the same resource (RFC 9112 §3.2.2)", ask("GET", "http://a/both"), "HTTP/1.1 200", []string{"both"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("GET /both", saying("both"))
				k.serve("DELETE /both", saying("gone"))
				k.serve("DELETE /delete", saying("gone"))
				k.serve("/tree/", saying("tree"))
				k.peer.send(test.request)
				k.peer.headOnly = strings.HasPrefix(test.request, "HEAD")
				k.peer.want(test.name, test.begin, test.contains...)
				if test.closes {
					k.peer.wantClosed(test.name)
				} else {
					k.peer.wantIdle("it is no error of the framing")
				}
			})
		})
	}
}

// As in net/http.ServeMux: "/tree" is redirected to the subtree "/tree/", unless there is a pattern
// for "/tree" itself; a catch-all is none.
func TestTheSubtreeIsElsewhereBesideACatchAll(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("root"))
		k.serve("/tree/", saying("tree"))
		k.peer.send(ask("GET", "/tree"))
		k.peer.want("the root does not take the name of the subtree", "HTTP/1.1 308", "\r\nLocation: /tree/\r\n")
	})
}

// As in net/http.ServeMux, which first cleans a path: a row of slashes counts as one, if that leads somewhere.
func TestWhatIsElsewhere(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("GET /files/{rest...}", answering(func(r *Request) *Response { return r.Text(200, r.Param("rest")) }))
		k.serve("POST /a/b", saying("b"))
		for path, location := range map[string]string{
			"/files": "/files/", "/files?a=b": "/files/?a=b", "//files": "/files", "//files/x": "/files/x", "///files//x/?a": "/files/x/?a",
			"//a///b": "/a/b", "//a": "", "//": "", "/nowhere//x": "", `//files/\x`: "/files/%5Cx",
		} {
			k.peer.send(ask("GET", path))
			if location == "" {
				k.peer.want(path, "HTTP/1.1 404")
			} else {
				k.peer.want(path, "HTTP/1.1 308", "\r\nLocation: "+location+"\r\n")
			}
		}
		k.peer.send(ask("GET", "/files//x"))
		k.peer.want("a rest has what was sent", "HTTP/1.1 200", "\r\n\r\n/x")
	})
}

// A redirect to the subtree stays on this host. A browser takes a backslash for a slash, and "//name"
// for another host (https://url.spec.whatwg.org/#relative-slash-state).
func TestARedirectLeadsToThisHost(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("GET /{user}/", saying("hello"))
		for _, path := range []string{`/\evil.example`, `/evil.example`, `/.//evil.example`, `//evil.example`, `/x/..//evil.example`} {
			k.peer.send(ask("GET", path))
			response := k.peer.want(path, "HTTP/1.1 ")
			_, location, moved := strings.Cut(response, "\r\nLocation: ")
			location, _, _ = strings.Cut(location, "\r\n")
			if strings.HasPrefix(strings.ReplaceAll(location, `\`, "/"), "//") {
				t.Errorf("%s leads to another host: %q", path, location)
			}
			if single := slices.Contains([]string{`/\evil.example`, `/evil.example`}, path); single && !moved {
				t.Errorf("%s: want a redirect, got %q", path, response)
			}
		}
	})
}
