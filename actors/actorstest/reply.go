package actorstest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/troupe-go/troupe/actors"
)

// A Reply is the response to a request of a test. Each check fails the test with the whole response, and returns the
// reply for the next one.
type Reply struct {
	*actors.Response
	t    testing.TB
	what string // was asked
}

// Status checks the status.
func (r *Reply) Status(want int) *Reply {
	r.t.Helper()
	if r.Response.Status != want {
		r.t.Errorf("%s: status %d, want %d:\n%s", r.what, r.Response.Status, want, r)
	}
	return r
}

// Contains checks that the content contains a text.
func (r *Reply) Contains(text string) *Reply {
	r.t.Helper()
	if !strings.Contains(string(r.Body), text) {
		r.t.Errorf("%s: no %q in:\n%s", r.what, text, r)
	}
	return r
}

// Text checks the whole content.
func (r *Reply) Text(want string) *Reply {
	r.t.Helper()
	if string(r.Body) != want {
		r.t.Errorf("%s: want the content %q:\n%s", r.what, want, r)
	}
	return r
}

// Field checks the value of the first field line with that name; "" if there must be none.
func (r *Reply) Field(name, want string) *Reply {
	r.t.Helper()
	got := r.Fields.Get(name)
	if strings.EqualFold(name, "Content-Type") {
		got = cmp.Or(got, r.ContentType)
	}
	if got != want {
		r.t.Errorf("%s: %s is %q, want %q:\n%s", r.what, name, got, want, r)
	}
	return r
}

// JSON stores the content in the value that into points to.
func (r *Reply) JSON(into any) *Reply {
	r.t.Helper()
	if err := json.Unmarshal(r.Body, into); err != nil {
		r.t.Fatalf("%s: %v:\n%s", r.what, err, r)
	}
	return r
}

// Golden compares the response with the file of that name in the folder testdata. With ACTORSTEST_UPDATE=1 in the
// environment it writes the file instead.
func (r *Reply) Golden(name string) *Reply {
	r.t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("ACTORSTEST_UPDATE") == "1" {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			r.t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(r.String()), 0o644); err != nil {
			r.t.Fatal(err)
		}
		return r
	}
	want, err := os.ReadFile(file)
	if err != nil {
		r.t.Fatalf("%s: %v: write it by ACTORSTEST_UPDATE=1 go test", r.what, err)
	}
	if got := r.String(); got != string(want) {
		r.t.Errorf("%s: it is not as %s has it:\n%s\nwant\n%s", r.what, file, got, want)
	}
	return r
}

// String returns the response as it would be on the wire, without the fields of the connection.
func (r *Reply) String() string {
	var text strings.Builder
	fmt.Fprintln(&text, r.Response.Status)
	if r.ContentType != "" {
		fmt.Fprintf(&text, "Content-Type: %s\n", r.ContentType)
	}
	for _, field := range r.Fields {
		fmt.Fprintf(&text, "%s: %s\n", field.Name, field.Value)
	}
	fmt.Fprintf(&text, "\n%s", r.Body)
	return text.String()
}
