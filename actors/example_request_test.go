package actors_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"

	"github.com/troupe-go/troupe/actors"
)

// serveFunc makes a server of one function.
func serveFunc(
	pattern string, handle func(*actors.Request) *actors.Response, options ...actors.RouteOption,
) *actors.Server {
	server := actors.NewServer(quiet)
	server.Handle(pattern, actors.Func(handle), options...)
	return server
}

func ExampleRequest() {
	server := serveFunc("GET /shops/{shop}/items/{item}", func(r *actors.Request) *actors.Response {
		fmt.Println(r.Method(), r.Path(), r.RawQuery(), r.Pattern(), r.Host(), r.Proto())
		fmt.Println(r.Target())
		for name, value := range r.Params() {
			fmt.Println(name, "=", value)
		}
		fmt.Println(r.Query()["tag"], r.Field("X-Key"), r.Fields().Values("x-key"), r.Fields().Has("X-None"))
		fmt.Println(r.TLS() == nil, r.Peer().IsValid(), r.ContentLength(), r.ID() != "", r.Exchange())
		return r.Status(204)
	})
	defer server.Close()

	ask(server, "GET", "/shops/north/items/green%20tea?tag=a&tag=b", "", "X-Key", "sesame")
	// Output:
	// GET /shops/north/items/green%20tea tag=a&tag=b GET /shops/{shop}/items/{item} localhost HTTP/1.1
	// /shops/north/items/green%20tea?tag=a&tag=b
	// shop = north
	// item = green tea
	// [a b] sesame [sesame] false
	// true false 0 true 1
	// 204
}

func ExampleRequest_DecodeJSON() {
	server := serveFunc("POST /orders", func(r *actors.Request) *actors.Response {
		var order struct {
			Item   string
			Number int
		}
		if err := r.DecodeJSON(&order); err != nil {
			return r.Fail(err)
		}
		return r.JSON(201, order)
	})
	defer server.Close()

	ask(server, "POST", "/orders", `{"item": "tea", "number": 2}`, "Content-Type", "application/json")
	ask(server, "POST", "/orders", `{"item": "tea", "count": 2}`, "Content-Type", "application/json")
	// Output:
	// 201 {"Item":"tea","Number":2}
	// 400 400 Bad Request
	//
	// Line 1, column 17: "count" is not a known member.
}

func ExampleRequest_Form() {
	server := serveFunc("POST /greet", func(r *actors.Request) *actors.Response {
		form, err := r.Form()
		if err != nil {
			return r.Fail(err)
		}
		return r.Text(200, "Hello, "+form.Get("name")+"!")
	})
	defer server.Close()

	ask(server, "POST", "/greet", "name=Ada+L.", "Content-Type", "application/x-www-form-urlencoded")
	// Output: 200 Hello, Ada L.!
}

func ExampleRequest_Parts() {
	server := serveFunc("POST /upload", func(r *actors.Request) *actors.Response {
		parts, err := r.Parts()
		if err != nil {
			return r.Fail(err)
		}
		for {
			part, err := parts.NextPart()
			if errors.Is(err, io.EOF) {
				return r.Status(204)
			}
			if err != nil {
				return r.Fail(&actors.Problem{Status: 400, Detail: "The form is malformed."})
			}
			octets, err := io.Copy(io.Discard, part) // to a file
			fmt.Println(part.FormName(), part.FileName(), octets, err)
		}
	}, actors.StreamBody(), actors.MaxBody(1<<30))
	defer server.Close()

	content := "--b\r\nContent-Disposition: form-data; name=film; filename=tea.mp4\r\n\r\noctets\r\n--b--\r\n"
	ask(server, "POST", "/upload", content, "Content-Type", "multipart/form-data; boundary=b")
	// Output:
	// film tea.mp4 6 <nil>
	// 204
}

func ExampleRequest_Reader() {
	server := serveFunc("POST /count", func(r *actors.Request) *actors.Response {
		octets, err := io.Copy(io.Discard, r.Reader()) // as it arrives
		if err != nil {
			return r.Fail(err)
		}
		return r.Text(200, fmt.Sprint(octets, " octets"))
	}, actors.StreamBody(), actors.MaxBody(1<<30))
	defer server.Close()

	ask(server, "POST", "/count", strings.Repeat("x", 100_000))
	// Output: 200 100000 octets
}

func ExampleRequest_Int() {
	server := serveFunc("GET /orders/{number}", func(r *actors.Request) *actors.Response {
		number, err := r.Int("number")
		if err != nil {
			return r.Fail(err)
		}
		return r.JSON(200, number+1)
	})
	defer server.Close()

	ask(server, "GET", "/orders/7", "")
	ask(server, "GET", "/orders/seven", "", "Accept", "application/json")
	// Output:
	// 200 8
	// 404 {"detail":"There is nothing at this address: \"seven\" is no valid number.","status":404,"title":"Not Found"}
}

func ExampleRequest_UUID() {
	server := serveFunc("GET /users/{id}", func(r *actors.Request) *actors.Response {
		id, err := r.UUID("id")
		if err != nil {
			return r.Fail(err)
		}
		return r.Text(200, id.Version().String())
	})
	defer server.Close()

	ask(server, "GET", "/users/f47ac10b-58cc-4372-a567-0e02b2c3d479", "")
	// Output: 200 VERSION_4
}

func ExampleParamAs() {
	server := serveFunc("GET /hosts/{address}", func(r *actors.Request) *actors.Response {
		address, err := actors.ParamAs(r, "address", netip.ParseAddr)
		if err != nil {
			return r.Fail(err)
		}
		return r.JSON(200, address.IsPrivate())
	})
	defer server.Close()

	ask(server, "GET", "/hosts/10.0.0.7", "")
	// Output: 200 true
}

func ExampleRequest_Cookie() {
	server := serveFunc("GET /", func(r *actors.Request) *actors.Response {
		fmt.Println(r.Cookie("session"), r.Cookie("none") == "", len(r.Cookies()))
		return r.Status(204).SetCookie(&http.Cookie{Name: "seen", Value: "1", HttpOnly: true, Secure: true})
	})
	defer server.Close()

	ask(server, "GET", "/", "", "Cookie", "session=k3f9; theme=dark")
	// Output:
	// k3f9 true 2
	// 204
}

func ExampleRequest_Accepts() {
	server := serveFunc("GET /status", func(r *actors.Request) *actors.Response {
		switch r.Accepts("application/json", "text/html") {
		case "application/json":
			return r.JSON(200, "well").With("Vary", "Accept")
		case "text/html":
			return r.HTML(200, "<p>well</p>").With("Vary", "Accept")
		default:
			return r.Fail(&actors.Problem{Status: 406})
		}
	})
	defer server.Close()

	ask(server, "GET", "/status", "", "Accept", "text/html, */*;q=0.8")
	ask(server, "GET", "/status", "")
	// Output:
	// 200 <p>well</p>
	// 200 "well"
}

func ExampleRequest_Set() {
	type user struct{}
	server := serveFunc("GET /me", func(r *actors.Request) *actors.Response {
		return r.Text(200, fmt.Sprint(r.Value(user{})))
	}, actors.Before(func(r *actors.Request) *actors.Response {
		if r.Field("X-Key") != "sesame" {
			return r.Fail(&actors.Problem{Status: 403, Detail: "Who are you?"})
		}
		r.Set(user{}, "Ada")
		return nil // go on
	}))
	defer server.Close()

	ask(server, "GET", "/me", "", "X-Key", "sesame")
	// Output: 200 Ada
}
