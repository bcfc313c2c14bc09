package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/nethttp"
)

// ProxyOptions are the settings of [Proxy]. The zero value works.
type ProxyOptions struct {
	// Transport makes the requests to the other server: an http.Transport with the timeouts below, unless set.
	Transport http.RoundTripper
	// ConnectTimeout is how long a connection to the other server may take: 5 s.
	ConnectTimeout time.Duration
	// ResponseTimeout is how long the other server may take until the head of its response: 30 s. The client is
	// answered 504 then. Below 0 there is no limit.
	ResponseTimeout time.Duration
	// PreserveHost sends the Host of the client on, instead of that of the other server.
	PreserveHost bool
	// Trusted are proxies before this one. Of requests from these, Forwarded and X-Forwarded-For are extended; from
	// others they are replaced, because a client can write into them what it wants.
	Trusted []netip.Prefix
	// Change may change the request to the other server, after all else.
	Change func(from *actors.Request, to *http.Request)
}

// Proxy makes a handler that passes requests on to another server, and its responses back (RFC 9110 §7.6). The URL has a
// scheme, http or https, and a host; the path of a request is added to its path. On a route with actors.StreamBody, the
// content goes through as it arrives, in both directions.
//
// The other server learns of the client by the fields Forwarded (RFC 7239), X-Forwarded-For, X-Forwarded-Host and
// X-Forwarded-Proto. A request is sent again only if the other server has closed the connection before it could see the
// request, and only if the method is idempotent and there is no content (RFC 9110 §9.2.2). If the other server cannot be
// reached, or breaks the rules of HTTP, the client is answered 502, and if it takes too long, 504; the log says why.
//
// At most 1000 requests are passed on at a time, unless actors.MaxActors sets another number.
//
// It fails if the URL has no scheme or no host.
func Proxy(to string, options ProxyOptions, more ...actors.HandlerOption) (*actors.Handler, error) {
	target, err := url.Parse(to)
	switch {
	case err != nil:
		return nil, err
	case target.Scheme != "http" && target.Scheme != "https" || target.Host == "":
		return nil, fmt.Errorf("handlers: Proxy: %q is no URL of a server, such as http://127.0.0.1:9000", to)
	case target.RawQuery != "" || target.Fragment != "" || target.User != nil:
		return nil, fmt.Errorf("handlers: Proxy: %q has more than a scheme, a host and a path", to)
	}
	p := &proxy{target: target, options: options, name: rand.Text()[:8]}
	reverse := &httputil.ReverseProxy{
		Rewrite: p.rewrite, Transport: p.transport(), ErrorHandler: p.failed, ModifyResponse: modify, BufferPool: &copyBuffers{},
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // failed says it better
	}
	return nethttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if problem := p.refusal(r); problem != nil {
			nethttp.Answer(w, nethttp.Original(r).Fail(problem))
			return
		}
		reverse.ServeHTTP(w, r)
	}), more...), nil
}

// refusal says why a request is not passed on; nil if it is.
func (p *proxy) refusal(r *http.Request) *actors.Problem {
	for _, protocols := range r.Header["Upgrade"] { // others, such as h2c, may be ignored (RFC 9110 §7.8)
		if strings.Contains(strings.ToLower(protocols), "websocket") {
			return noSwitch
		}
	}
	for _, via := range r.Header["Via"] {
		if strings.Contains(via, p.name) {
			return &actors.Problem{Status: 508, Title: "Loop Detected", Detail: "This server passes requests on to itself."}
		}
	}
	return nil
}

var noSwitch = &actors.Problem{Status: 501, Detail: "This server does not pass other protocols on, such as WebSocket."}

// modify refuses a response that no proxy can pass on.
func modify(response *http.Response) error {
	if response.StatusCode == 101 {
		return noSwitch
	}
	if response.StatusCode > 599 {
		return fmt.Errorf("the status is %d", response.StatusCode)
	}
	return nil
}

// A proxy passes requests on to one server.
type proxy struct {
	target  *url.URL
	options ProxyOptions
	name    string // in the field Via, where nobody else has it
}

func (p *proxy) transport() http.RoundTripper {
	if p.options.Transport != nil {
		return p.options.Transport
	}
	connect, response := p.options.ConnectTimeout, p.options.ResponseTimeout
	if connect <= 0 {
		connect = 5 * time.Second
	}
	if response == 0 {
		response = 30 * time.Second
	}
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: connect, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   connect,
		ResponseHeaderTimeout: max(response, 0),
		ExpectContinueTimeout: time.Second,
		ForceAttemptHTTP2:     true,
		DisableCompression:    true, // the client decides
		MaxIdleConns:          1000,
		MaxIdleConnsPerHost:   1000,
		IdleConnTimeout:       90 * time.Second,
	}
}

// rewrite makes the request to the other server.
func (p *proxy) rewrite(r *httputil.ProxyRequest) {
	r.SetURL(p.target)
	r.Out.URL.RawQuery = r.In.URL.RawQuery // as it came: what makes sense is the other server's business
	r.Out.Host = ""
	if p.options.PreserveHost {
		r.Out.Host = r.In.Host
	}
	r.Out.Header.Del("Connection") // an upgrade is not passed on
	r.Out.Header.Del("Upgrade")
	r.Out.Header["Via"] = append(r.Out.Header["Via"], "1.1 troupe-"+p.name) // (RFC 9110 §7.6.3)
	from := nethttp.Original(r.In)
	trusted := networks(p.options.Trusted).contain(peerOf(from))
	if trusted {
		r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
		r.Out.Header["Forwarded"] = r.In.Header["Forwarded"]
	} else {
		r.Out.Header.Del("Forwarded")
	}
	if forwarded := p.forwarded(from); forwarded != "" {
		r.Out.Header["Forwarded"] = append(r.Out.Header["Forwarded"], forwarded)
	}
	r.SetXForwarded()
	for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-Proto"} {
		if values := r.In.Header[name]; trusted && len(values) > 0 { // what the client has asked the first proxy for
			r.Out.Header[name] = values
		}
	}
	if p.options.Change != nil {
		p.options.Change(from, r.Out)
	}
}

// forwarded is the element about a request in the field Forwarded (RFC 7239 §4).
func (p *proxy) forwarded(from *actors.Request) string {
	client := "unknown"
	if peer := from.Peer().Addr().Unmap(); peer.Is4() {
		client = peer.String()
	} else if peer.IsValid() {
		client = `"[` + peer.WithZone("").String() + `]"`
	}
	scheme := "http"
	if from.TLS() != nil {
		scheme = "https"
	}
	element := "for=" + client + ";proto=" + scheme
	if host := from.Host(); host != "" {
		element += `;host="` + quotes.Replace(host) + `"`
	}
	return element
}

// quotes escapes what a quoted string cannot have as it is (RFC 9110 §5.6.4).
var quotes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// failed answers for the other server. Its address is for the log only.
func (p *proxy) failed(w http.ResponseWriter, r *http.Request, err error) {
	from := nethttp.Original(r)
	problem := &actors.Problem{Status: 502, Detail: "The server behind this one could not be reached, or its answer made no sense."}
	var network net.Error
	switch cause := context.Cause(from.Context()); {
	case errors.Is(cause, actors.ErrClientGone), errors.Is(cause, actors.ErrExchangeOver): // nobody waits for the answer
		panic(http.ErrAbortHandler)
	case cause != nil: // the server drains
		nethttp.Answer(w, from.Fail(cause))
		return
	case errors.Is(err, noSwitch):
		problem = noSwitch
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout(), isHeaderTimeout(err):
		problem = &actors.Problem{Status: 504, Detail: "The server behind this one did not answer in time."}
	case errors.Is(err, io.ErrUnexpectedEOF) && r.Context().Err() != nil:
		problem = &actors.Problem{Status: 400, Detail: "The content ended too early."}
	}
	nethttp.Answer(w, from.Fail(fmt.Errorf("%s: %w: %w", p.target.Host, err, problem)))
}

// isHeaderTimeout recognises the error of http.Transport.ResponseHeaderTimeout, which has no name.
func isHeaderTimeout(err error) bool {
	return strings.Contains(err.Error(), "timeout awaiting response headers")
}

// copyBuffers are for content on its way through.
type copyBuffers struct{ pool sync.Pool }

func (b *copyBuffers) Get() []byte {
	if buffer, ok := b.pool.Get().(*[32 << 10]byte); ok {
		return buffer[:]
	}
	return make([]byte, 32<<10)
}

func (b *copyBuffers) Put(buffer []byte) { b.pool.Put((*[32 << 10]byte)(buffer)) }
