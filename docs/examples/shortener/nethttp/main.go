// Shortener makes short links, with net/http.
package main

import (
	"crypto/rand"
	"encoding/json"
	"log"
	"net/http"
	"net/url"
	"sync"
)

type link struct {
	Code string `json:"code"`
	URL  string `json:"url"`
	Hits int    `json:"hits"`
}

// links has all links.
type links struct {
	mu  sync.Mutex
	all map[string]*link
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(value)
}

func (l *links) add(w http.ResponseWriter, r *http.Request) {
	var made link
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&made); err != nil {
		http.Error(w, err.Error(), 400)
		return
	}
	if to, err := url.Parse(made.URL); err != nil || to.Host == "" {
		http.Error(w, "The url has no host.", 400)
		return
	}
	made.Code, made.Hits = rand.Text()[:8], 0
	l.mu.Lock()
	l.all[made.Code] = &made
	l.mu.Unlock()
	w.Header().Set("Location", "/links/"+made.Code)
	writeJSON(w, 201, made)
}

func (l *links) show(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	found, ok := l.all[r.PathValue("code")]
	var copied link
	if ok {
		copied = *found // it must not be read after the lock
	}
	l.mu.Unlock()
	if !ok {
		http.Error(w, "There is no such link.", 404)
		return
	}
	writeJSON(w, 200, copied)
}

func (l *links) follow(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	found, ok := l.all[r.PathValue("code")]
	if ok {
		found.Hits++
	}
	l.mu.Unlock()
	if !ok {
		http.Error(w, "There is no such link.", 404)
		return
	}
	http.Redirect(w, r, found.URL, http.StatusFound)
}

func newServer() http.Handler {
	l := &links{all: make(map[string]*link)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /links", l.add)
	mux.HandleFunc("GET /links/{code}", l.show)
	mux.HandleFunc("GET /{code}", l.follow)
	return mux
}

func main() { log.Fatal(http.ListenAndServe("127.0.0.1:8080", newServer())) }
