package troupe

import (
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
	"github.com/troupe-go/troupe/actors/nethttp"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
)

// serveHandlers serves the files of its working directory, and what else comes with package handlers.
func serveHandlers(listener net.Listener) error {
	debug.SetGCPercent(400)
	if err := site.WriteFiles("."); err != nil {
		return err
	}
	files, err := handlers.Directory(".", handlers.FilesOptions{})
	if err != nil {
		return err
	}
	server := actors.NewServer(wide(os.Stderr))
	server.Handle("GET "+site.FilesPath+"{path...}", files)
	server.Handle("GET "+site.AdapterPath, nethttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", site.GreetingType)
		_, _ = io.WriteString(w, site.Greeting)
	})))
	if upstream := os.Getenv(site.UpstreamVariable); upstream != "" {
		proxy, err := handlers.Proxy(upstream, handlers.ProxyOptions{})
		if err != nil {
			return err
		}
		server.Handle(site.ProxiedPath, proxy, actors.StreamBody())
	}
	topic := actors.NewTopic(actors.TopicOptions{})
	server.Handle("GET "+site.EventsPath, actors.Func(func(r *actors.Request) *actors.Response { return r.Events(topic) }))
	server.Handle("POST "+site.EventsPath, actors.Func(func(r *actors.Request) *actors.Response {
		topic.Publish(actors.Event{Data: string(r.Body)})
		return r.Text(200, strconv.FormatUint(topic.Dropped(), 10))
	}))
	server.Handle("GET "+site.HeapPath, actors.Func(func(r *actors.Request) *actors.Response { return r.Text(200, heap()) }), actors.HandlerTimeout(-1))
	handleHealth(server)
	return server.Serve(listener)
}

// heap is the number of octets in use, with the stacks, after two garbage collections: memory in a pool is garbage only
// at the second.
func heap() string {
	debug.FreeOSMemory()
	debug.FreeOSMemory()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return strconv.FormatUint(memory.HeapAlloc+memory.StackInuse, 10)
}
