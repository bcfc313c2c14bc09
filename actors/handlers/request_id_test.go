package handlers_test

import (
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/actorstest"
	"github.com/troupe-go/troupe/actors/handlers"
)

func TestRequestID(t *testing.T) {
	server := newServer(t)
	server.Handle("GET /own", saying(handlers.ID), handlers.RequestID(netip.MustParsePrefix("127.0.0.0/8")))
	server.Handle("GET /given", saying(handlers.ID), handlers.RequestID(handlers.UnixSocket()))
	server.Handle("GET /handler", actors.Func(func(r *actors.Request) *actors.Response {
		return r.Text(200, handlers.ID(r)).With("x-request-id", handlers.ID(r))
	}), handlers.RequestID())
	long := strings.Repeat("x", 128)
	for _, test := range []struct {
		why, path string
		given     []string
		kept      bool
	}{
		{"none was given", "/given", nil, false},
		{"of a peer that is trusted", "/given", []string{"!~" + long[2:]}, true},
		{"one character", "/given", []string{"7"}, true},
		{"of one that is not", "/own", []string{"7"}, false},
		{"too long", "/given", []string{long + "x"}, false},
		{"empty", "/given", []string{""}, false},
		{"not printable", "/given", []string{"é"}, false},
		{"a space", "/given", []string{"a b"}, false},
		{"two", "/given", []string{"a", "a"}, false},
		{"the handler has set it", "/handler", nil, false},
	} {
		request := ask("GET", test.path)
		for _, id := range test.given {
			request.With("X-Request-Id", id)
		}
		response := call(t, server, request)
		id := string(response.Body)
		wantField(t, test.why+": the handler and the client learn the same", response, "X-Request-Id", id)
		if kept := len(test.given) > 0 && id == test.given[0]; kept != test.kept {
			t.Errorf("%s: got %q", test.why, id)
		}
		if own := regexp.MustCompile(`^[a-z2-7]{8}-\d+-\d+$`); !test.kept && !own.MatchString(id) {
			t.Errorf("%s: want request.ID(), got %q", test.why, id)
		}
	}
}

func TestRequestIDOfARequestThatIsRefused(t *testing.T) {
	server := newServer(t)
	server.Handle("GET /", hello, handlers.Bearer("api", never), handlers.RequestID())
	response := call(t, server, ask("GET", "/"))
	wantStatus(t, "it never reached Before of RequestID", response, 401)
	if response.Fields.Get("X-Request-Id") == "" {
		t.Errorf("it has an id all the same, got %v", response.Fields)
	}
}

func TestRequestIDOverTheWire(t *testing.T) {
	for network, given := range map[string]bool{"127.0.0.0/8": true, "10.0.0.0/8": false} {
		c := actorstest.Dial(t, "tcp", serve(t, "GET /", saying(handlers.ID), handlers.RequestID(netip.MustParsePrefix(network))))
		c.Send("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: of-the-proxy\r\n\r\n")
		response := c.Want("an id", "200 OK")
		if id := response.Field("X-Request-Id"); id == "" || id != response.Content || (id == "of-the-proxy") != given {
			t.Errorf("a peer of 127.0.0.0/8 where %s is trusted: got %v", network, response)
		}
	}
}
