package main

import (
	"net"
	"strings"
	"testing"
)

func TestAnnounce(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080",
		"192.0.2.7:80":   "http://192.0.2.7:80",
		"0.0.0.0:8080":   "http://localhost:8080", // any address is none to visit
		"[::]:8080":      "http://localhost:8080",
		"[::1]:8080":     "http://[::1]:8080",
	} {
		tcp, err := net.ResolveTCPAddr("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		announce(&text, tcp, []routeOf{newRoute("GET /a", "what a is", nil), newRoute("POST /b/{c}", "what b is", nil)})
		lines := strings.Split(text.String(), "\n")
		if lines[0] != "Server running at "+want {
			t.Errorf("%s: %q, want %s", address, lines[0], want)
		}
		if len(lines) != 4 || strings.Join(strings.Fields(lines[1]), " ") != "GET /a what a is" ||
			strings.Join(strings.Fields(lines[2]), " ") != "POST /b/{c} what b is" {
			t.Errorf("%s: below it %q, want a line for each route", address, lines[1:])
		}
	}
}
