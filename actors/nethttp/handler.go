// Package nethttp runs handlers of net/http within a server of actors:
//
//	router := chi.NewRouter()
//	…
//	server.Handle("/", nethttp.Handler(router), actors.StreamBody())
//
// Each request is handled by an actor, so that panics, shutdown, limits and the log are as for all other routes. All
// that net/http offers to a handler works, except Hijack and HTTP/2 server push: http.Flusher, http.ResponseController
// with deadlines and full duplex, io.ReaderFrom, trailers, interim responses, http.ErrAbortHandler, Request.TLS,
// Request.PathValue and the context, but not http.LocalAddrContextKey; the server of http.ServerContextKey is a stand-in
// that serves nothing. docs/reference/net-http-compatibility.md says what has been tried, and what differs.
package nethttp

import (
	"errors"
	"net/http"

	"github.com/troupe-go/troupe/actors"
)

// Handler makes a handler that calls h.ServeHTTP for each request. At most 1000 calls run at a time, unless
// actors.MaxActors sets another number; further requests wait.
//
// The actor of a call is busy until ServeHTTP returns, also while it streams a response. A panic of h is answered 500
// and logged with its stack, or breaks a response off that has begun; http.ErrAbortHandler breaks off and is not logged
// as a crash.
//
// Until h writes or returns, it has actors.HandlerTimeout; then the answer is 504. A handler that takes longer, such as a
// profile of pprof, needs the option of that name.
//
// On a route with actors.StreamBody, h reads the content while it arrives, without a limit on its size, as under
// net/http. On others it is called when all of the content is there.
//
// It panics if h is nil.
func Handler(h http.Handler, options ...actors.HandlerOption) *actors.Handler {
	if h == nil {
		panic("nethttp: the handler is nil: give an http.Handler, such as http.DefaultServeMux")
	}
	return actors.Func(func(request *actors.Request) *actors.Response { return serve(h, request) }, options...)
}

// errCrashed is why a response ends that has begun when ServeHTTP panics.
var errCrashed = errors.New("the handler has crashed: see the line of that")

// serve calls ServeHTTP. It returns the response; nil if that has begun already.
func serve(h http.Handler, request *actors.Request) *actors.Response {
	w := newWriter(request)
	returned := false
	defer func() {
		if returned {
			return
		}
		reason := recover() // nil for runtime.Goexit, which goes on
		if reason == http.ErrAbortHandler {
			w.close()
			request.Abort(http.ErrAbortHandler.Error())
			return
		}
		w.fail(errCrashed)
		if reason != nil {
			panic(reason)
		}
	}()
	r := newRequest(request, w)
	defer removeFiles(r)
	h.ServeHTTP(w, r)
	returned = true
	return w.end()
}

// removeFiles removes the files in which http.Request.ParseMultipartForm keeps what is large.
func removeFiles(of *http.Request) {
	if of.MultipartForm != nil {
		of.MultipartForm.RemoveAll()
	}
}
