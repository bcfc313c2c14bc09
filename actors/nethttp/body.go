package nethttp

import (
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// A body reads the content of a request as it arrives. Any goroutine may close it, also while another reads:
// http.Transport still reads the content of what httputil.ReverseProxy has answered already.
type body struct {
	from    io.Reader
	arrives *actors.ContentReader // the same; nil if all of the content is there
	of      *http.Request
	mu      sync.Mutex // held by the one that reads
	closed  atomic.Bool
}

func (b *body) Read(into []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed.Load() {
		return 0, http.ErrBodyReadAfterClose
	}
	n, err := b.from.Read(into)
	switch {
	case err == nil:
	case err == io.EOF:
		b.addTrailers()
	case b.closed.Load():
		err = http.ErrBodyReadAfterClose
	}
	return n, err
}

func (b *body) addTrailers() {
	if b.arrives == nil {
		return
	}
	for _, field := range b.arrives.Trailers() {
		if b.of.Trailer == nil {
			b.of.Trailer = make(http.Header)
		}
		name := http.CanonicalHeaderKey(field.Name)
		b.of.Trailer[name] = append(b.of.Trailer[name], field.Value)
	}
}

// Close ends a Read that waits, too.
func (b *body) Close() error {
	if !b.closed.Swap(true) && b.arrives != nil {
		b.arrives.SetDeadline(time.Unix(1, 0))
	}
	return nil
}

// setDeadline is for http.ResponseController.
func (b *body) setDeadline(at time.Time) {
	if !b.closed.Load() && b.arrives != nil {
		b.arrives.SetDeadline(at)
	}
}
