package compat_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

func templates() http.Handler {
	page := func(text string) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			if _, err := io.WriteString(w, "<!DOCTYPE html><p>"+templ.EscapeString(text)); err != nil {
				return err
			}
			return templ.Flush().Render(ctx, w)
		})
	}
	broken := templ.ComponentFunc(func(context.Context, io.Writer) error { return errors.New("broken") })
	mux := http.NewServeMux()
	mux.Handle("/page", templ.Handler(page("a & b")))
	mux.Handle("/gone", templ.Handler(page("gone"), templ.WithStatus(410), templ.WithContentType("text/plain")))
	mux.Handle("/large", templ.Handler(page(strings.Repeat("large ", 20_000)), templ.WithStreaming()))
	mux.Handle("/broken", templ.Handler(broken))
	return mux
}

func TestTempl(t *testing.T) {
	each(t, templates, func(t *testing.T, s *site) {
		want(t, "a page", s.get(t, "/page", 200), "<!DOCTYPE html><p>a &amp; b")
		want(t, "a streamed page", len(s.get(t, "/large", 200)), 18+120_000)
		s.get(t, "/broken", 500)
	})
	alike(t, templates, nil, get("/page"), head("/page"), get("/gone"), get("/large"), head("/large"), get("/broken"))
}
