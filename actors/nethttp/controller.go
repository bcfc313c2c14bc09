package nethttp

import (
	"net/http"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// What an http.ResponseWriter may offer besides its methods.

// SetReadDeadline, SetWriteDeadline and EnableFullDuplex are for http.ResponseController. Any goroutine may set a
// deadline, also while another waits for it.
func (w *writer) SetReadDeadline(at time.Time) error {
	if w.body != nil {
		w.body.setDeadline(at)
	}
	return nil
}

func (w *writer) SetWriteDeadline(at time.Time) error {
	w.until.set(at)
	return nil
}

func (w *writer) EnableFullDuplex() error { return nil } // it is so anyway

// CloseNotify is for handlers that still use http.CloseNotifier. The request's context is better.
func (w *writer) CloseNotify() <-chan bool {
	gone, ctx := make(chan bool, 1), w.request.Context()
	go func() {
		<-ctx.Done()
		gone <- true
	}()
	return gone
}

// Answer makes a response of the original request the answer, for example one of its method Fail, instead of what was
// written to w. It returns false if w is of another server, or if something of the response has been sent already.
func Answer(w http.ResponseWriter, response *actors.Response) bool {
	for {
		switch of := w.(type) {
		case *writer:
			if !of.begun {
				of.answer = response
			}
			return !of.begun
		case interface{ Unwrap() http.ResponseWriter }:
			w = of.Unwrap()
		default:
			return false
		}
	}
}
