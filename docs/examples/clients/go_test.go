package clients

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"testing"
)

func TestGo(t *testing.T) {
	s := newSite(t)
	request, _ := http.NewRequest("GET", s.url+"/files/large.bin", nil)
	request.Header.Set("Range", "bytes=0-9,100000-100009,-10")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	_, parameters, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil || response.StatusCode != 206 {
		t.Fatal(response, err)
	}
	parts := multipart.NewReader(response.Body, parameters["boundary"])
	for _, first := range []int{0, 100000, len(s.content) - 10} {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		if content, err := io.ReadAll(part); err != nil || !bytes.Equal(content, s.content[first:first+10]) {
			t.Errorf("%d: %q %v", first, content, err)
		}
	}
	body, to := io.Pipe()
	form := multipart.NewWriter(to)
	go func() {
		file, _ := form.CreateFormFile("file", "large.bin")
		for range 50 {
			file.Write(s.content)
		}
		form.Close()
		to.Close()
	}()
	answer, err := http.Post(s.url+"/upload", form.FormDataContentType(), body)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got, _ := io.ReadAll(answer.Body); string(got) != fmt.Sprintf("file large.bin %d %s\n", 50*len(s.content), hashOf(bytes.Repeat(s.content, 50))) {
		t.Errorf("%s", got)
	}
}
