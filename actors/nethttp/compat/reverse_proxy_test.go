package compat_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
	"time"
)

// backEnd is what the proxy passes requests on to. A message on step lets an event stream go on.
func backEnd(step chan bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/trailers", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		content, _ := io.ReadAll(r.Body)
		w.Write(content)
		w.Header().Set("X-Sum", "42")
		w.Header().Set(http.TrailerPrefix+"X-Late", r.Trailer.Get("X-Up"))
	})
	mux.HandleFunc("/hints", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</a.css>; rel=preload")
		w.WriteHeader(103)
		w.WriteHeader(103)
		fmt.Fprint(w, "ok")
	})
	mux.HandleFunc("/events", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			fmt.Fprintf(w, "data: %d\n", i)
			w.(http.Flusher).Flush()
			<-step
		}
	})
	mux.HandleFunc("/abort", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "length" {
			w.Header().Set("Content-Length", "100")
		}
		w.Write(make([]byte, 50))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	mux.HandleFunc("/early", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		w.WriteHeader(413)
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Date")
		fmt.Fprint(w, r.Method, r.URL, r.Header, r.ContentLength, r.TransferEncoding)
	})
	return mux
}

func TestReverseProxy(t *testing.T) {
	step := make(chan bool)
	behind := httptest.NewServer(backEnd(step))
	defer behind.Close()
	target, _ := url.Parse(behind.URL)
	proxy := func() http.Handler {
		transport := &http.Transport{}
		t.Cleanup(transport.CloseIdleConnections)
		return &closingProxy{&httputil.ReverseProxy{
			Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target); r.SetXForwarded() },
			FlushInterval: 10 * time.Millisecond,
			Transport:     transport, ErrorLog: discarded,
		}, transport}
	}
	each(t, proxy, func(t *testing.T, s *site) {
		response, content := s.do(t, "POST", "/trailers", strings.Repeat("x", 100_000))
		want(t, "octets", len(content), 100_000)
		want(t, "a trailer", response.Trailer.Get("X-Sum"), "42")
		wantHints(t, s)
		wantEventsAtOnce(t, s, step)
		for _, path := range []string{"/abort", "/abort?length"} {
			_, content, err := s.try("GET", path, "")
			want(t, path+": the end is missed", err != nil, true)
			want(t, path+": no more than was sent", len(content) <= 50, true)
		}
	})
	alike(t, proxy, nil, get("/echo?a=b"), head("/echo"), post("/echo", "content"), get("/hints"), get("/none"), post("/trailers", "x", "Te", "trailers"),
		get("/echo", "Connection", "X-Hop", "X-Hop", "1"), get("/echo", "X-Forwarded-For", "192.0.2.1"), get("/abort"))
}

// A closingProxy leaves no connection to the back end.
type closingProxy struct {
	http.Handler
	transport *http.Transport
}

func (p *closingProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer p.transport.CloseIdleConnections()
	// Else net/http's server closes the content of the request when the response begins. If the transport has not seen its
	// end by then, it gives the back end up, in the middle of the response.
	http.NewResponseController(w).EnableFullDuplex()
	p.Handler.ServeHTTP(w, r)
}

func wantHints(t *testing.T, s *site) {
	t.Helper()
	hints := 0
	request, _ := http.NewRequest("GET", s.url+"/hints", nil)
	request = request.WithContext(httptrace.WithClientTrace(request.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			want(t, "an interim response", fmt.Sprint(code, h.Get("Link")), "103</a.css>; rel=preload")
			hints++
			return nil
		},
	}))
	response, err := s.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	want(t, "interim responses", hints, 2)
}

// wantEventsAtOnce wants each event before the next one is made.
func wantEventsAtOnce(t *testing.T, s *site, step chan bool) {
	t.Helper()
	response, err := s.client.Get(s.url + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	in := bufio.NewScanner(response.Body)
	for i := range 3 {
		in.Scan()
		want(t, "an event", in.Text(), fmt.Sprint("data: ", i))
		step <- true
	}
	want(t, "the end", in.Scan(), false)
}

// A back end that answers before it has read the upload does not hold the proxy up.
func TestReverseProxyOfABackEndThatDoesNotRead(t *testing.T) {
	behind := httptest.NewServer(backEnd(nil))
	defer behind.Close()
	target, _ := url.Parse(behind.URL)
	transport := &http.Transport{}
	wantNoGoroutinesLeft(t)
	s := onTroupe(t, &closingProxy{&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, Transport: transport, ErrorLog: discarded}, transport})
	for range 20 {
		conn := s.dial(t)
		fmt.Fprintf(conn, "POST /early HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n%s", strings.Repeat("x", 10_000))
		line, err := bufio.NewReader(conn).ReadString('\n')
		if !strings.HasPrefix(line, "HTTP/1.1 413") {
			t.Fatal(line, err)
		}
		conn.Close()
	}
}
