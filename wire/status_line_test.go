package wire

import "testing"

func TestAppendStatusLine(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		want   string
	}{
		{"§4 known", 200, "HTTP/1.1 200 OK\r\n"},
		{"§4 the space before an absent reason stays", 299, "HTTP/1.1 299 \r\n"},
		{"RFC 9110 §15 the lowest", 100, "HTTP/1.1 100 Continue\r\n"},
		{"RFC 9110 §15 the highest", 599, "HTTP/1.1 599 \r\n"},
		{"RFC 9110 §15 below", 99, ""},
		{"RFC 9110 §15 above", 600, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := appendStatusLine(nil, test.status)
			if string(got) != test.want || (err != nil) != (test.want == "") {
				t.Errorf("%d: %q, %v; want %q", test.status, got, err, test.want)
			}
		})
	}
}

func TestStatusText(t *testing.T) {
	for status, want := range map[int]string{200: "OK", 413: "Content Too Large", 422: "Unprocessable Content", 299: ""} {
		if got := StatusText(status); got != want {
			t.Errorf("RFC 9110 §15: %d is %q, want %q", status, got, want)
		}
	}
}

func TestMayHaveContent(t *testing.T) {
	for status, want := range map[int]bool{
		100: false, 101: false, 199: false, 200: true, 204: false, 205: true, 304: false, 404: true,
	} {
		if got := MayHaveContent(status); got != want {
			t.Errorf("RFC 9110 §6.4.1: a response of status %d may have content: %v", status, got)
		}
	}
}
