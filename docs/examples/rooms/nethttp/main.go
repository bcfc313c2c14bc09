// Rooms are chat rooms with history and live events, with net/http.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"slices"
	"sync"
)

type message struct {
	By   string `json:"by"`
	Text string `json:"text"`
}

// A room is guarded by a lock.
type room struct {
	mu      sync.Mutex
	history []message
	clients map[chan []byte]bool
}

type rooms struct {
	mu  sync.Mutex
	all map[string]*room
}

func (rs *rooms) of(r *http.Request) *room {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	name := r.PathValue("room")
	if rs.all[name] == nil {
		rs.all[name] = &room{clients: make(map[chan []byte]bool)}
	}
	return rs.all[name]
}

func (rs *rooms) say(w http.ResponseWriter, r *http.Request) {
	var said message
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&said); err != nil {
		http.Error(w, err.Error(), 400)
		return
	}
	data, _ := json.Marshal(said)
	room := rs.of(r)
	room.mu.Lock()
	room.history = append(room.history, said)
	room.history = room.history[max(0, len(room.history)-100):]
	for client := range room.clients {
		select {
		case client <- data:
		default: // too slow: it loses the message
		}
	}
	room.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(201)
	w.Write(data)
}

func (rs *rooms) read(w http.ResponseWriter, r *http.Request) {
	room := rs.of(r)
	room.mu.Lock()
	data, _ := json.Marshal(room.history)
	room.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.Write(data)
}

func (rs *rooms) listen(w http.ResponseWriter, r *http.Request) {
	room, events := rs.of(r), make(chan []byte, 64)
	room.mu.Lock()
	past := slices.Clone(room.history)
	room.clients[events] = true
	room.mu.Unlock()
	defer func() {
		room.mu.Lock()
		delete(room.clients, events)
		room.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	for _, said := range past {
		data, _ := json.Marshal(said)
		fmt.Fprintf(w, "data: %s\n\n", data)
	}
	http.NewResponseController(w).Flush()
	for {
		select {
		case data := <-events:
			fmt.Fprintf(w, "data: %s\n\n", data)
			http.NewResponseController(w).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

func newServer() http.Handler {
	rs := &rooms{all: make(map[string]*room)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /rooms/{room}/messages", rs.say)
	mux.HandleFunc("GET /rooms/{room}/messages", rs.read)
	mux.HandleFunc("GET /rooms/{room}/live", rs.listen)
	mux.HandleFunc("GET /rooms/{room}", func(w http.ResponseWriter, r *http.Request) {
		page, _ := os.ReadFile("../room.html")
		w.Write(page)
	})
	return mux
}

func main() { log.Fatal(http.ListenAndServe("127.0.0.1:8080", newServer())) }
