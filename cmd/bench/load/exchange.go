package load

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/site"
)

// Exchange sends one request for the measured route over conn and reads the whole response. It fails unless the
// response is the one that every server must give: servers that do different work cannot be compared.
func Exchange(conn net.Conn, reader *bufio.Reader) error {
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	_, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", conn.RemoteAddr())
	if err != nil {
		return err
	}
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	return compare(response, string(body))
}

func compare(response *http.Response, body string) error {
	contentType := response.Header.Get("Content-Type")
	switch {
	case response.StatusCode != http.StatusOK:
		return fmt.Errorf("the status is %s, not 200", response.Status)
	case body != site.Greeting:
		return fmt.Errorf("the content is %q, not %q", body, site.Greeting)
	case contentType != site.GreetingType:
		return fmt.Errorf("the Content-Type is %q, not %q", contentType, site.GreetingType)
	case response.ContentLength != int64(len(site.Greeting)):
		return fmt.Errorf("there is no Content-Length of %d", len(site.Greeting))
	case response.Header.Get("Date") == "":
		return fmt.Errorf("there is no Date")
	case response.Close:
		return fmt.Errorf("the connection does not persist")
	}
	return nil
}

// CheckContent makes two exchanges on one connection, so that persistence is checked as well.
// Errors name the server by its label.
func CheckContent(label, addr string) error {
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	reader := bufio.NewReader(conn)
	for range 2 {
		if err := Exchange(conn, reader); err != nil {
			return fmt.Errorf("%s does not answer as it should: %w", label, err)
		}
	}
	return nil
}
