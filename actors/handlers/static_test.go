package handlers_test

import (
	"net/http"
	"testing"

	"github.com/troupe-go/troupe/actors/handlers"
)

func TestStatic(t *testing.T) {
	const tag = `"b94d27b9934d3e08"` // of the SHA-256 of the content
	url := "http://" + serve(t, "/static", handlers.Static("text/plain", []byte("hello world"))) + "/static"
	for _, test := range []struct {
		why, method, field, value string
		status                    int
	}{
		{"without a condition", "GET", "", "", 200},
		{"§13.1.2: the client has it", "GET", "If-None-Match", tag, 304},
		{"§13.1.2: weak comparison", "GET", "If-None-Match", `"x", W/` + tag, 304},
		{"§13.1.2: any will do", "HEAD", "If-None-Match", "*", 304},
		{"§13.1.2: it has another", "GET", "If-None-Match", `"x"`, 200},
		{"§13.1.1: it is that one", "GET", "If-Match", `"x" , ` + tag, 200},
		{"§13.1.1: any will do", "GET", "If-Match", "*", 200},
		{"§13.1.1: it is another", "GET", "If-Match", `"x"`, 412},
		{"§13.1.1: strong comparison", "GET", "If-Match", "W/" + tag, 412},
	} {
		request, err := http.NewRequest(test.method, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if test.field != "" {
			request.Header.Set(test.field, test.value)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != test.status || response.Header.Get("ETag") != tag {
			t.Errorf("RFC 9110 %s: want %d with the tag, got %s %v", test.why, test.status, response.Status, response.Header)
		}
	}
}
