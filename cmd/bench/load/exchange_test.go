package load

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestAServerThatAnswersOtherwiseIsNotMeasured(t *testing.T) {
	for _, c := range []struct{ name, response, want string }{
		{"another status", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "404 Not Found"},
		{"other content", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nHi", `"Hi"`},
		{"another type", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\nHello, World!\n", "text/html"},
		{"no length", "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n" +
			"e\r\nHello, World!\n\r\n0\r\n\r\n", "Content-Length"},
		{"no date", "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 14\r\n\r\nHello, World!\n", "Date"},
		{"no persistence", "HTTP/1.1 200 OK\r\nDate: x\r\nConnection: close\r\n" +
			"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 14\r\n\r\nHello, World!\n", "persist"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, server := net.Pipe()
			defer client.Close()
			go func() {
				defer server.Close()
				if _, err := http.ReadRequest(bufio.NewReader(server)); err == nil {
					_, _ = server.Write([]byte(c.response)) // the client may have seen enough
				}
			}()
			err := Exchange(client, bufio.NewReader(client))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}
