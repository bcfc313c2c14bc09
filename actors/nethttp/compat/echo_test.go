package compat_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

func echoEcho() http.Handler {
	e := echo.New()
	e.Logger.SetOutput(io.Discard)
	e.Use(middleware.Recover(), middleware.RequestID(), middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 100}), middleware.BodyLimit("1K"))
	e.GET("/users/:id", func(c echo.Context) error {
		return c.JSON(200, map[string]string{"id": c.Param("id"), "ip": c.RealIP()})
	})
	e.POST("/users", func(c echo.Context) error {
		var user struct {
			Name string `json:"name" form:"name"`
		}
		if err := c.Bind(&user); err != nil {
			return err
		}
		return c.String(201, user.Name)
	})
	e.GET("/error", func(echo.Context) error { return echo.NewHTTPError(418, "tea") })
	e.GET("/wrong", func(echo.Context) error { return errors.New("inner") })
	e.GET("/panic", func(echo.Context) error { panic("asked to") })
	e.GET("/stream", func(c echo.Context) error {
		c.Response().Header().Set("Content-Type", "text/plain")
		for i := range 3 {
			fmt.Fprint(c.Response(), i)
			c.Response().Flush()
		}
		return nil
	})
	e.GET("/blob", func(c echo.Context) error { return c.Blob(200, "text/plain", make([]byte, 1000)) })
	e.GET("/none", func(c echo.Context) error { return c.NoContent(204) })
	return e
}

func TestEcho(t *testing.T) {
	each(t, echoEcho, func(t *testing.T, s *site) {
		want(t, "JSON", s.get(t, "/users/7", 200), `{"id":"7","ip":"127.0.0.1"}`+"\n")
		want(t, "a stream", s.get(t, "/stream", 200), "012")
		response, text := s.do(t, "GET", "/blob", "", "Accept-Encoding", "gzip")
		want(t, "Content-Encoding", response.Header.Get("Content-Encoding"), "gzip")
		want(t, "octets", len(gunzip(t, text)), 1000)
		response, _ = s.do(t, "POST", "/users", string(make([]byte, 2000)), "Content-Type", "application/json")
		wantStatus(t, response, 413)
	})
	alike(t, echoEcho, []string{"X-Request-Id"}, get("/users/7"), head("/users/7"), post("/users", "name=ann", "Content-Type", "application/x-www-form-urlencoded"),
		post("/users", "{", "Content-Type", "application/json"), get("/error"), get("/wrong"), get("/panic"), get("/stream"),
		get("/stream", "Accept-Encoding", "gzip"), get("/blob"), get("/none"), get("/unknown"), post("/error", ""))
}
