package nethttp_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/nethttp"
)

func ExampleHandler() {
	mux := http.NewServeMux() // or chi, or promhttp.Handler()
	mux.HandleFunc("GET /old/{item}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "from net/http: ", r.PathValue("item"))
	})
	server := actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)})
	defer server.Close()
	server.Handle("/old/", nethttp.Handler(mux), actors.StreamBody())

	response, err := server.Do(context.Background(), actors.NewRequest("GET", "/old/tea", nil))
	fmt.Println(response.Status, string(response.Body), err)
	// Output: 200 from net/http: tea <nil>
}

func ExampleOriginal() {
	type user struct{}
	old := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		original := nethttp.Original(r)
		if original.Value(user{}) != "Ada" {
			nethttp.Answer(w, original.Fail(&actors.Problem{Status: 403, Detail: "Only Ada may."}))
			return
		}
		fmt.Fprint(w, "Hello, Ada!")
	})
	server := actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)})
	defer server.Close()
	server.Handle("GET /", nethttp.Handler(old), actors.Before(func(r *actors.Request) *actors.Response {
		r.Set(user{}, r.Query().Get("user"))
		return nil
	}))

	for _, target := range []string{"/?user=Ada", "/?user=Eve"} {
		request := actors.NewRequest("GET", target, nil).With("Accept", "application/json")
		response, err := server.Do(context.Background(), request)
		fmt.Println(response.Status, string(response.Body), err)
	}
	// Output:
	// 200 Hello, Ada! <nil>
	// 403 {"detail":"Only Ada may.","status":403,"title":"Forbidden"} <nil>
}
