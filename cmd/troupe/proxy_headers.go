package main

import (
	"net/http"
	"strings"

	"github.com/troupe-go/troupe/actors"
)

// setIn puts the field lines into a request to another server, instead of those that the client has sent.
func (h *headers) setIn(_ *actors.Request, to *http.Request) {
	for _, line := range *h {
		to.Header.Del(line.Name)
	}
	for _, line := range *h {
		if strings.EqualFold(line.Name, "Host") {
			to.Host = line.Value
			continue
		}
		to.Header.Add(line.Name, line.Value)
	}
}
