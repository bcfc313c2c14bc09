package compat_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

func ginEngine(file string, left chan bool) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.Use(gin.CustomRecoveryWithWriter(io.Discard, func(c *gin.Context, _ any) { c.AbortWithStatus(500) }))
	g.GET("/item/:id", func(c *gin.Context) { c.JSON(200, gin.H{"id": c.Param("id"), "q": c.Query("q")}) })
	g.POST("/item", func(c *gin.Context) {
		var item struct {
			Name string `json:"name" binding:"required"`
		}
		if err := c.ShouldBindJSON(&item); err != nil {
			c.JSON(400, gin.H{"error": "no name"})
			return
		}
		c.JSON(201, item)
	})
	g.POST("/file", func(c *gin.Context) {
		got, err := c.FormFile("f")
		if err != nil {
			panic(err)
		}
		c.String(200, "%s %d", got.Filename, got.Size)
	})
	g.GET("/panic", func(*gin.Context) { panic("asked to") })
	g.GET("/count", func(c *gin.Context) {
		n := 0
		c.Stream(func(w io.Writer) bool { n++; fmt.Fprint(w, n); return n < 3 })
	})
	g.GET("/events", func(c *gin.Context) {
		left <- c.Stream(func(io.Writer) bool { c.SSEvent("tick", "now"); time.Sleep(time.Millisecond); return true })
	})
	g.GET("/static", func(c *gin.Context) { c.File(file) })
	g.GET("/redirect", func(c *gin.Context) { c.Redirect(302, "/item/1") })
	return g
}

func TestGin(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(file, []byte(strings.Repeat("0123456789", 10_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	left := make(chan bool, 2)
	engine := func() http.Handler { return ginEngine(file, left) }
	each(t, engine, func(t *testing.T, s *site) {
		want(t, "JSON", s.get(t, "/item/7?q=x", 200), `{"id":"7","q":"x"}`)
		want(t, "Stream", s.get(t, "/count", 200), "123")
		s.get(t, "/panic", 500)
		form := "--b\r\nContent-Disposition: form-data; name=f; filename=a.bin\r\n\r\n" + strings.Repeat("x", 100_000) + "\r\n--b--\r\n"
		_, text := s.do(t, "POST", "/file", form, "Content-Type", "multipart/form-data; boundary=b")
		want(t, "FormFile", text, "a.bin 100000")

		response, err := s.client.Get(s.url + "/events")
		if err != nil {
			t.Fatal(err)
		}
		line, _ := bufio.NewReader(response.Body).ReadString('\n')
		want(t, "SSEvent", line, "event:tick\n")
		response.Body.Close()
		select {
		case gone := <-left:
			want(t, "Stream notices that the client is gone", gone, true)
		case <-time.After(10 * time.Second):
			t.Error("Stream goes on without its client")
		}
	})
	alike(t, engine, nil, get("/item/7"), head("/item/7"), post("/item", `{"name":"ann"}`), post("/item", `{}`), get("/panic"), get("/count"),
		get("/static"), head("/static"), get("/static", "Range", "bytes=5-9"), get("/static", "Range", "bytes=900000-"), get("/redirect"), get("/none"))
}
