package actors

import (
	"html/template"
	"net/http"
	"strings"
	"testing"
)

type cookie = http.Cookie

func TestResponsesOfAllKinds(t *testing.T) {
	page := template.Must(template.New("page").Parse(`<p>{{.Name}}</p>`))
	bubble(t, func(k *kit) {
		k.start()
		for path, respond := range map[string]func(*Request) *Response{
			"/redirect":  func(r *Request) *Response { return r.Redirect(303, "/ü\r\nX: y?a=%20 b\\c") },
			"/elsewhere": func(r *Request) *Response { return r.Redirect(308, "https://example.com/a?b=c#d") },
			"/wrong":     func(r *Request) *Response { return r.Redirect(200, "/") },
			"/template":  func(r *Request) *Response { return r.Template(201, page, map[string]string{"Name": "<red>"}) },
			"/untrue":    func(r *Request) *Response { return r.Template(200, page, struct{}{}) },
			"/json":      func(r *Request) *Response { return r.JSON(200, []int{1}) },
			"/no-json":   func(r *Request) *Response { return r.JSON(200, func() {}) },
			"/save":      func(r *Request) *Response { return r.Text(200, "x").Attachment("a b.txt") },
			"/speichern": func(r *Request) *Response { return r.Text(200, "x").Attachment("ü\r\n\".txt") },
			"/nameless":  func(r *Request) *Response { return r.Text(200, "x").Attachment("") },
		} {
			k.serve("GET "+path, Func(respond))
		}
		for path, wants := range map[string]string{
			"/redirect":  "HTTP/1.1 303 |\r\nLocation: /%C3%BC%0D%0AX:%20y?a=%20%20b%5Cc\r\n",
			"/elsewhere": "HTTP/1.1 308 |\r\nLocation: https://example.com/a?b=c#d\r\n",
			"/wrong":     "HTTP/1.1 500 ",
			"/template":  "HTTP/1.1 201 |\r\nContent-Type: text/html; charset=utf-8\r\n|<p>&lt;red&gt;</p>",
			"/untrue":    "HTTP/1.1 500 |The server failed on this request.",
			"/json":      "HTTP/1.1 200 |\r\nContent-Type: application/json\r\n|[1]",
			"/no-json":   "HTTP/1.1 500 |The server failed on this request.",
			"/save":      "\r\nContent-Disposition: attachment; filename=\"a b.txt\"\r\n",
			"/speichern": "\r\nContent-Disposition: attachment; filename*=utf-8''%C3%BC%0D%0A%22.txt\r\n",
			"/nameless":  "\r\nContent-Disposition: attachment\r\n",
		} {
			c := k.dial()
			c.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n")
			got := c.cut()
			for want := range strings.SplitSeq(wants, "|") {
				if !strings.Contains(got, want) {
					t.Errorf("%s: no %q in %q", path, want, got)
				}
			}
			if strings.Contains(got, "<p></p>") || strings.Contains(got, "func") {
				t.Errorf("%s: %q shows what is none of the client's business", path, got)
			}
		}
		for _, why := range []string{"the response as JSON: json: unsupported type: func()", "the template of the response: template: page:1"} {
			if k.log.count("WARN exchange", why) != 1 {
				t.Errorf("the log does not say %q", why)
			}
		}
	})
}
